#!lua flags=allow-oom
-- Gives a parked entry up for good: moves it to the record of what was given up, with the reason.
-- Runs where Redis has no memory left, too: it frees nearly as much as it writes.
--
-- KEYS
--   1 events:__global__:dlq   2 events:__global__:dlq:groups   3 events:__global__:dlq:dropped
-- ARGV
--   1 id of the parked entry   2 reason
-- Reply
--   1 where this call dropped it; 0 where it was not there
-- Errors
--   INVALID    there is no reason: nothing is written
--   WRONGTYPE  a key holds something else than is written here: nothing is written
--
-- INVARIANT: Lua has no rollback. The record is the first write: nothing is deleted without it.

local call = redis.call
local dlq, groups, dropped, id, reason = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]

if not reason or reason == '' then
  return redis.error_reply('INVALID reason')
end
call('HLEN', groups)
call('XLEN', dropped)
local entry = call('XRANGE', dlq, id, id)[1]
if not entry then
  return 0
end
local fields = entry[2]
local record = { 'drop_reason', reason, 'parked_id', id }
for i = 1, #fields do
  record[#record + 1] = fields[i]
end
call('XADD', dropped, '*', unpack(record))
for i = 1, #fields, 2 do
  if fields[i] == 'group' then
    call('HINCRBY', groups, fields[i + 1], -1)
    break
  end
end
call('XDEL', dlq, id)
return 1
