#!lua flags=no-writes
-- Looks at several things in one moment, beside how far the index had got then.
--
-- KEYS
--   1 ledger   and then each key that a command names
-- ARGV
--   for each command how many words it has, and these
-- Reply
--   the last event that the index does not have: <seq>:<position>, empty where none has left it   the reply of each command,
--   or the first one of several; none where it fails
-- Errors
--   INVALID    an argument breaks a rule

local replies, at = { redis.pcall('HGET', KEYS[1], 'unindexed') }, 1

if type(replies[1]) ~= 'string' then
  replies[1] = ''
end
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  if not count or count < 2 or at + count > #ARGV then
    return redis.error_reply('INVALID command')
  end
  local reply = redis.pcall(unpack(ARGV, at + 1, at + count))
  reply = type(reply) == 'table' and reply[1] or reply
  replies[#replies + 1] = type(reply) == 'string' and reply
  at = at + count + 1
end
return replies
