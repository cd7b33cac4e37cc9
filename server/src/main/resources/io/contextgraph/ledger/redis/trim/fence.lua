-- Who may write.
--
-- Adds
--   fenced(ledger, lease)   the error where the caller, ARGV 1 and 2, does not have the lease, or where the ledger is being
--                           mended; nothing where it may write

local function fenced(ledger, lease)
  local held = call('HMGET', lease, 'owner', 'number', 'until')
  if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] or (tonumber(held[3] or '0') or 0) <= now then
    return redis.error_reply('FENCED the lease is not held any more')
  end
  local mending = call('HGET', ledger, 'mending')
  if mending and (tonumber(mending) or 0) > now then
    return redis.error_reply('MENDING the ledger is being mended')
  end
end
