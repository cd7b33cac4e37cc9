-- Lets go of a ledger.
--
-- KEYS
--   1 ledger
-- ARGV
--   1 mender
-- Reply
--   1 where it was the last that has had it; 0 where another has it since
-- Errors
--   WRONGTYPE  the key holds something else: nothing is written

local ledger, mender = KEYS[1], ARGV[1]

if call('HGET', ledger, 'mender') ~= mender then
  return 0
end
call('HDEL', ledger, 'mending', 'mender')
return 1
