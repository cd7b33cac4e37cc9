#!lua flags=allow-oom
-- Writes what retention remembers, also where Redis has no memory left: then it is needed most.
--
-- KEYS
--   1 retention
-- ARGV
--   1 name   2 text
-- Reply
--   1
-- Errors
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  the key holds something else: nothing is written

if #KEYS ~= 1 or #ARGV ~= 2 or ARGV[1] == '' then
  return redis.error_reply('INVALID arguments')
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
