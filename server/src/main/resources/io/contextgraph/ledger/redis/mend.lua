#!lua
-- Writes the entry of a session that has lost it, as its events say it must be.
--
-- KEYS
--   1 session:<session_id>   2 sessions   3 events:<session_id>
-- ARGV, times in milliseconds since 1970
--   1 session_id   2 first_seq   3 count   4 first_at   5 last_at   6 last_event   7 status, empty where it has none
--   8 global_position of the last event   and then each agent
-- Reply
--   1 where this call wrote it; 0 where it is there
-- Errors
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  a key holds something else than this script writes: nothing is written
--   CORRUPT    the session has events behind the last one: nothing is written
--
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write.

local call, find = redis.call, string.find
local entry, sessions, stream = KEYS[1], KEYS[2], KEYS[3]

if #KEYS ~= 3 or #ARGV < 9 or ARGV[6] == '' or not find(ARGV[8], '^%d+%-%d+$') then
  return redis.error_reply('INVALID arguments')
end
for i = 2, 5 do
  if not find(ARGV[i], '^%-?%d+$') then
    return redis.error_reply('INVALID number')
  end
end
call('ZCARD', sessions)
if call('HMGET', entry, 'count')[1] then
  return 0
end
if #call('XREVRANGE', stream, '+', '(' .. ARGV[8], 'COUNT', '1') > 0 then
  return redis.error_reply('CORRUPT events: session stream is ahead of the documents')
end

local fields = {}
for i = 9, #ARGV do
  fields[#fields + 1], fields[#fields + 2] = 'agent:' .. ARGV[i], ''
end
call('HSET', entry, 'first_seq', ARGV[2], 'count', ARGV[3], 'first_at', ARGV[4], 'last_at', ARGV[5],
  'last_event', ARGV[6], 'status', ARGV[7])
for from = 1, #fields, 1000 do
  call('HSET', entry, unpack(fields, from, math.min(#fields, from + 999)))
end
call('ZADD', sessions, ARGV[2], ARGV[1])
return 1
