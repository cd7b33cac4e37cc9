#!lua flags=allow-oom
-- Raises the fence of a person, and never lowers it. Runs where Redis has no memory left, too: what is erased behind it frees
-- some.
--
-- KEYS
--   1 fence:<pseudonym>
-- ARGV
--   1 up to which generation the keys of the person are erased
-- Reply
--   how high the fence is now
-- Errors
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  the key holds something else than a fence: nothing is written
--
-- INVARIANT: a fence that says nothing is as good as none here; the append script takes nothing behind it.

local call, find, tonumber = redis.call, string.find, tonumber
local GENERATION = '^[1-9]%d*$'

if #KEYS ~= 1 or #ARGV ~= 1 or not find(ARGV[1], GENERATION) or #ARGV[1] > 9 then
  return redis.error_reply('INVALID arguments')
end
local before = call('GET', KEYS[1])
if before and find(before, GENERATION) and #before <= 9 and tonumber(before) >= tonumber(ARGV[1]) then
  return before
end
call('SET', KEYS[1], ARGV[1])
return ARGV[1]
