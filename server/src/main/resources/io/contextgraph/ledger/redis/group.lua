#!lua flags=allow-oom
-- Makes the group of a feed, at the first event.
-- Runs where Redis has no memory left, too: trimming waits for a group that does not exist.
--
-- KEYS
--   1 events:__global__   2 ledger   3 behind   4 feed:<group>
-- ARGV
--   1 group
-- Reply
--   1 where this call made it; 0 where it is there
-- Errors
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  a key holds something else than is written here: nothing is written
--
-- INVARIANT: the group is made and known to be behind in one step, or trimming could make it lose what is gone already.

local call, find = redis.call, string.find
local global, ledger, behind, feed, group = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1]

if #KEYS ~= 4 or #ARGV ~= 1 or group == '' then
  return redis.error_reply('INVALID arguments')
end
call('HLEN', behind)
local trimmed = call('HGET', ledger, 'trimmed')
local made = redis.pcall('XGROUP', 'CREATE', global, group, '0', 'MKSTREAM')
if made.err then
  return find(made.err, 'BUSYGROUP', 1, true) and 0 or made
end
if trimmed then
  -- What an older group of this name was given is nothing to this one.
  call('UNLINK', feed)
  call('HSET', behind, group, '0-0')
end
return 1
