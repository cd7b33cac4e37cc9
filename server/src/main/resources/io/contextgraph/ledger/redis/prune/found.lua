#!lua
-- Begins a ledger anew whose store was lost, as one of which all events are gone.
--
-- KEYS
--   1 ledger   2 events:__global__   3 sessions   4 types   5 ids:<page> of the last event
-- ARGV
--   1 engine   2 format   3 ledger_id   4 partition   5 partitions   6 epoch   7 cuts
--   8 the number of the last event   9 its position
-- Reply
--   1 where it has begun; 0 where there is a ledger
-- Errors
--   WRONGTYPE  a key holds something else than is written here: nothing is written
--
-- INVARIANT: nothing is appended before the last event has come back: the page of its number has none.

local call = redis.call
local ledger = KEYS[1]

if call('HMGET', ledger, 'seq')[1] or #call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', '1') > 0
  or call('ZCARD', KEYS[3]) + call('SCARD', KEYS[4]) + call('STRLEN', KEYS[5]) > 0 then
  return 0
end
local last = ARGV[8] .. ':' .. ARGV[9]
call('HSET', ledger, 'seq', ARGV[8], 'position', ARGV[9], 'engine', ARGV[1], 'format', ARGV[2], 'ledger_id', ARGV[3],
  'partition', ARGV[4], 'partitions', ARGV[5], 'epoch', ARGV[6], 'cuts', ARGV[7],
  'first_seq', string.format('%d', tonumber(ARGV[8]) + 1), 'trimmed', last, 'pruned', last,
  'pruned_events', ARGV[8], 'gone_indexed', ARGV[8])
return 1
