#!lua
-- Writes the entry of a session that has lost it, as its events say it must be.
--
-- KEYS
--   1 session:<session_id>   2 sessions   3 events:<session_id>
-- ARGV
--   1 session_id   2 global_position of the last event
--   and then each field of the entry and its value: first_seq, count, first_at, last_at, last_event, status, and an
--   empty agent:<agent_id> for each agent; times in milliseconds since 1970
-- Reply
--   1 where this call wrote it; 0 where it is there
-- Errors
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  a key holds something else than this script writes: nothing is written
--   CORRUPT    the session has events behind the last one: nothing is written
--
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write.

local call, find = redis.call, string.find
local FIELDS = { 'first_seq', 'count', 'first_at', 'last_at', 'last_event', 'status' }
local entry, sessions, stream = KEYS[1], KEYS[2], KEYS[3]

if #KEYS ~= 3 or #ARGV < 16 or #ARGV % 2 ~= 0 or not find(ARGV[2], '^%d+%-%d+$') then
  return redis.error_reply('INVALID arguments')
end
for i = 3, #ARGV, 2 do
  local name, value = FIELDS[(i - 1) / 2], ARGV[i + 1]
  if ARGV[i] ~= name and (name or not find(ARGV[i], '^agent:')) then
    return redis.error_reply('INVALID field ' .. ARGV[i])
  end
  if i <= 9 and not find(value, '^%-?%d+$') or name == 'last_event' and value == '' then
    return redis.error_reply('INVALID ' .. name)
  end
end
call('ZCARD', sessions)
if call('HMGET', entry, 'count')[1] then
  return 0
end
if #call('XREVRANGE', stream, '+', '(' .. ARGV[2], 'COUNT', '1') > 0 then
  return redis.error_reply('CORRUPT events: session stream is ahead of the documents')
end

for from = 3, #ARGV, 2000 do
  call('HSET', entry, unpack(ARGV, from, math.min(#ARGV, from + 1999)))
end
call('ZADD', sessions, ARGV[4], ARGV[1])
return 1
