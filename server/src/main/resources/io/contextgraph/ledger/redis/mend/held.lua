-- Who holds the ledger.
--
-- Adds
--   is_held(ledger, mender)   whether nobody has been able to append since this mender took hold; an empty mender stands for
--                             one that has found something else in the place of the ledger, which nobody appends to
--   LOST                      what is answered where that is not so

local LOST = 'FENCED the ledger is not held by this mender any more'

local function is_held(ledger, mender)
  if mender == '' then
    local kind = call('TYPE', ledger).ok
    return kind ~= 'hash' and kind ~= 'none'
  end
  local head = call('HMGET', ledger, 'mending', 'mender')
  return head[2] == mender and (tonumber(head[1]) or 0) > now
end
