#!lua
-- Puts an access key in the place of what was known of it; nothing where that is not what is there.
--
-- KEYS
--   1 access:keys
-- ARGV
--   1 name of the key   2 the record that was read; empty: there was none   3 the new record
-- Reply
--   1 where it was put; 0 where another record is there
-- Errors
--   INVALID    a name or record is missing: nothing is written
--   WRONGTYPE  the key holds something else: nothing is written

local call = redis.call
local keys, name, was, record = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

if not record or name == '' or record == '' then
  return redis.error_reply('INVALID record of an access key')
end
if (call('HGET', keys, name) or '') ~= was then
  return 0
end
call('HSET', keys, name, record)
return 1
