#!lua flags=allow-oom
-- Parks an entry that a group was given: copies it for an operator and acknowledges it, both or neither.
-- Runs where Redis has no memory left, too: trimming waits for what a group has not finished.
--
-- KEYS
--   1 events:__global__ or feed:<group>   2 events:__global__:dlq   3 events:__global__:dlq:groups
-- ARGV
--   1 group   2 position   3 event_id, empty where the entry is not readable   4 reason   5 first_failure   6 attempts
-- Reply
--   1 where this call parked it, with its first fields, as many as are kept; 0 where the group no longer waits for it
-- Errors
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  a key holds something else than this script writes: nothing is written
--
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write, which is the largest.

local MAX_TEXT = 4096
-- No event comes near these: they bound what an entry of somebody else may cost.
local MAX_FIELDS, MAX_BYTES = 64, 1048576
local call, find = redis.call, string.find
local global, dlq, groups = KEYS[1], KEYS[2], KEYS[3]
local group, position, event, reason, first, attempts = unpack(ARGV)

if #KEYS ~= 3 or #ARGV ~= 6 or group == '' or not find(position, '^%d+%-%d+$') or #reason > MAX_TEXT
  or first == '' or not find(attempts, '^%d+$') then
  return redis.error_reply('INVALID arguments')
end
call('XLEN', dlq)
call('HLEN', groups)
local waiting = redis.pcall('XPENDING', global, group, position, position, 1)
if waiting.err and not find(waiting.err, 'NOGROUP', 1, true) then
  return waiting
end
if waiting.err or #waiting == 0 then
  return 0
end

local parked = {
  'group', group, 'position', position, 'event_id', event, 'reason', reason, 'first_failure', first, 'attempts', attempts,
}
local entry = call('XRANGE', global, position, position)[1]
if entry then
  local bytes = 0
  for i = 1, math.min(#entry[2], 2 * MAX_FIELDS), 2 do
    bytes = bytes + #entry[2][i] + #entry[2][i + 1]
    if bytes > MAX_BYTES then
      break
    end
    parked[#parked + 1] = 'entry.' .. entry[2][i]
    parked[#parked + 1] = entry[2][i + 1]
  end
end
call('XADD', dlq, '*', unpack(parked))
call('HINCRBY', groups, group, 1)
call('XACK', global, group, position)
return 1
