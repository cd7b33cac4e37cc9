-- Who has a lease.
--
-- KEYS
--   1 lease:<name>
-- Reply
--   owner, number, until when in milliseconds since 1970; nothing where nobody has it
-- Errors
--   WRONGTYPE  the key holds something else

local held = call('HMGET', KEYS[1], 'owner', 'number', 'until')
if not held[1] or not held[2] or (tonumber(held[3] or '0') or 0) <= now then
  return {}
end
return held
