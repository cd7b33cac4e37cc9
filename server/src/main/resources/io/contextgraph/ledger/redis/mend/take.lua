-- Takes hold of a ledger, or keeps hold of it for longer: nobody appends until then.
--
-- KEYS
--   1 ledger
-- ARGV
--   1 mender   2 for how many milliseconds from now   3 1 where it has had the ledger all the time, 0 where it begins
-- Reply
--   1
-- Errors
--   FENCED     it has not had the ledger all the time: nothing is written
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  the key holds something else: nothing is written
--
-- Whoever begins takes the ledger from another that mends it, which then can write nothing any more: it may be dead.

local ledger, mender, millis, again = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

if #KEYS ~= 1 or #ARGV ~= 3 or mender == '' or not find(millis, '^%d+$') then
  return redis.error_reply('INVALID arguments')
end
if again == '1' and not is_held(ledger, mender) then
  return redis.error_reply(LOST)
end
call('HSET', ledger, 'mending', format('%.0f', now + tonumber(millis)), 'mender', mender)
return 1
