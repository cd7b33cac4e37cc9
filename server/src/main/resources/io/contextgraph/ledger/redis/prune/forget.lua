-- Forgets the ids of events that are gone for long.
--
-- KEYS
--   1 ledger   2 lease:retention   3 dedup:events
-- ARGV
--   1 owner and 2 number of the lease   3 before which time, in milliseconds since 1970   4 most ids
-- Reply
--   how many ids were forgotten
-- Errors
--   FENCED     the lease is not the caller's, or has run out: nothing is written
--   MENDING    the ledger is being mended: nothing is written
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  a key holds something else than this script works with: nothing is written

local ledger, lease, gone = KEYS[1], KEYS[2], KEYS[3]

if #KEYS ~= 3 or #ARGV ~= 4 or not find(ARGV[3], '^%d+$') or not find(ARGV[4], '^%d+$') then
  return redis.error_reply('INVALID arguments')
end
local refused = fenced(ledger, lease)
if refused then
  return refused
end
local old = call('ZRANGE', gone, '-inf', '(' .. ARGV[3], 'BYSCORE', 'LIMIT', '0', ARGV[4])
if #old > 0 then
  call('ZREM', gone, unpack(old))
end
return format('%d', #old)
