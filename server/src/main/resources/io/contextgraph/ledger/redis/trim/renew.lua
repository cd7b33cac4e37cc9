-- Keeps a lease for longer, or lets it go; nothing where another has it, or where it has run out.
--
-- KEYS
--   1 lease:<name>
-- ARGV
--   1 owner   2 number   3 for how many milliseconds from now; 0 to let it go
-- Reply
--   1 where the caller had it; 0 where it has not (any more)
-- Errors
--   INVALID    the time is no number: nothing is written
--   WRONGTYPE  the key holds something else: nothing is written

local lease, owner, number, millis = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

if #KEYS ~= 1 or not find(millis, '^%d+$') then
  return redis.error_reply('INVALID arguments')
end
local held = call('HMGET', lease, 'owner', 'number', 'until')
if held[1] ~= owner or held[2] ~= number or (tonumber(held[3] or '0') or 0) <= now then
  return 0
end
call('HSET', lease, 'until', millis == '0' and '0' or format('%.0f', now + tonumber(millis)))
return 1
