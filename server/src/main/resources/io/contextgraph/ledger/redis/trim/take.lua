-- Takes a lease that nobody has.
--
-- KEYS
--   1 lease:<name>
-- ARGV
--   1 owner   2 for how many milliseconds from now
-- Reply
--   the number of this taking, greater than that of any before; empty where somebody has it
-- Errors
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  the key holds something else: nothing is written
--   CORRUPT    the lease does not say which taking was the last: nothing is written

local lease, owner, millis = KEYS[1], ARGV[1], ARGV[2]

if #KEYS ~= 1 or owner == '' or not find(millis, '^%d+$') then
  return redis.error_reply('INVALID arguments')
end
local held = call('HMGET', lease, 'number', 'until')
local number = tonumber(held[1] or '0')
if not number then
  return redis.error_reply('CORRUPT lease: its number is ' .. held[1])
end
if (tonumber(held[2] or '0') or 0) > now then
  return ''
end
local taken = format('%.0f', number + 1)
call('HSET', lease, 'owner', owner, 'number', taken, 'until', format('%.0f', now + tonumber(millis)))
return taken
