-- Keeps something else in place of what is gone of a session.
--
-- KEYS
--   1 ledger   2 lease:retention   3 session:<session_id>
-- ARGV
--   1 owner and 2 number of the lease   3 how many of its events are gone   4 what is kept of them   5 what to keep
-- Reply
--   1 where it is kept; 0 where other events are gone, or something else is kept: nothing is written
-- Errors
--   FENCED     the lease is not the caller's, or has run out: nothing is written
--   MENDING    the ledger is being mended: nothing is written
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  a key holds something else than this script works with: nothing is written

local ledger, lease, entry = KEYS[1], KEYS[2], KEYS[3]

if #KEYS ~= 3 or #ARGV ~= 5 or not find(ARGV[3], '^%d+$') or ARGV[5] == '' then
  return redis.error_reply('INVALID arguments')
end
local refused = fenced(ledger, lease)
if refused then
  return refused
end
local known = call('HMGET', entry, 'pruned', 'tally')
if known[1] ~= ARGV[3] or (known[2] or '') ~= ARGV[4] then
  return '0'
end
call('HSET', entry, 'tally', ARGV[5])
return '1'
