-- Runs commands for whoever holds the ledger.
--
-- KEYS
--   1 ledger   and then each key that a command names
-- ARGV
--   1 mender   and then for each command how many words it has, and these
-- Reply
--   1
-- Errors
--   FENCED     the mender does not hold the ledger any more: nothing is written
--   INVALID    an argument breaks a rule: nothing is written
--   and those of the commands: what comes ahead of the one that fails has been done

local ledger, mender, at = KEYS[1], ARGV[1], 2

while at <= #ARGV do
  local count = tonumber(ARGV[at])
  if not count or count < 2 or at + count > #ARGV then
    return redis.error_reply('INVALID command')
  end
  at = at + count + 1
end
if not is_held(ledger, mender) then
  return redis.error_reply(LOST)
end
at = 2
while at <= #ARGV do
  local last = at + tonumber(ARGV[at])
  call(unpack(ARGV, at + 1, last))
  at = last + 1
end
return 1
