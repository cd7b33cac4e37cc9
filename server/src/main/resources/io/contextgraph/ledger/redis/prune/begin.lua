-- Begins a pruning, or goes on with the one that was begun last.
--
-- KEYS
--   1 ledger   2 lease:retention   3 prunings
-- ARGV
--   1 owner and 2 number of the lease   3 the name of what is taken out   4 its record, without time: a JSON object
-- Reply
--   the time of the pruning, in milliseconds since 1970
-- Errors
--   FENCED     the lease is not the caller's, or has run out: nothing is written
--   MENDING    the ledger is being mended: nothing is written
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  a key holds something else than this script works with: nothing is written
--
-- INVARIANT: the time of a pruning is its own, and later than those of all before, whatever the clock says.

local ledger, lease, prunings = KEYS[1], KEYS[2], KEYS[3]

if #KEYS ~= 3 or #ARGV ~= 4 or ARGV[3] == '' or not find(ARGV[4], '^{.*}$') then
  return redis.error_reply('INVALID arguments')
end
local refused = fenced(ledger, lease)
if refused then
  return refused
end
local last = call('HMGET', ledger, 'pruning', 'pruning_of')
call('HLEN', prunings)
local at = tonumber(last[1] or '0') or 0
if last[1] and last[2] == ARGV[3] then
  return format('%.0f', at)
end
at = math.max(now, at + 1)
call('HSET', ledger, 'pruning', format('%.0f', at), 'pruning_of', ARGV[3])
call('HSET', prunings, format('%.0f', at), ARGV[4])
return format('%.0f', at)
