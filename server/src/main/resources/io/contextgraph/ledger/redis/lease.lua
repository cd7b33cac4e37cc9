#!lua
-- Renews the lock of an operation, or lets it go; nothing where another operation has it. With a record, remembers that
-- first, whoever has the lock.
--
-- KEYS
--   1 operation:<lock>   2 operations, only with a record
-- ARGV
--   1 id of the operation   2 for how many milliseconds from now; 0 to let it go   3 what is remembered of it
-- Reply
--   1 where the operation had it; 0 where it has not (any more)
-- Errors
--   INVALID    the time is no number: nothing is written
--   WRONGTYPE  the key holds something else: nothing is written

local call = redis.call
local lock, id, millis = KEYS[1], ARGV[1], ARGV[2]

if not millis or not string.find(millis, '^%d+$') then
  return redis.error_reply('INVALID milliseconds')
end
local holder = call('GET', lock)
if KEYS[2] then
  call('HSET', KEYS[2], id, ARGV[3])
end
if holder ~= id then
  return 0
end
if millis == '0' then
  call('DEL', lock)
else
  call('PEXPIRE', lock, millis)
end
return 1
