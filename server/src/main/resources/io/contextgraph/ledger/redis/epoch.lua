#!lua
-- Begins a new epoch: events that were there are not there any more.
--
-- KEYS
--   1 ledger
-- ARGV
--   1 the epoch that ends   2 the one that begins   3 its cut, as the header keeps it
-- Reply
--   1 where it has begun; 0 where the ledger is empty, or in another epoch already
-- Errors
--   WRONGTYPE  the key holds something else than is written here: nothing is written

local call = redis.call
local ledger = KEYS[1]

local header = call('HMGET', ledger, 'epoch', 'cuts')
if header[1] ~= ARGV[1] then
  return 0
end
local cuts = header[2] and header[2] ~= '' and header[2] .. ' ' .. ARGV[3] or ARGV[3]
call('HSET', ledger, 'epoch', ARGV[2], 'cuts', cuts)
return 1
