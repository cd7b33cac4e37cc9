#!lua flags=allow-oom
-- Remembers the erasure of a person under all pseudonyms. Runs where Redis has no memory left, too: what is erased frees some.
--
-- KEYS
--   1 erasures:open   and then of each pseudonym erasure:<pseudonym>
-- ARGV
--   1 what is remembered   2 open or done
-- Reply
--   how many pseudonyms there are
-- Errors
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  the first key holds something else than a set: nothing is written
--
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write.

local call, match, format = redis.call, string.match, string.format

if #KEYS < 2 or #ARGV ~= 2 or (ARGV[2] ~= 'open' and ARGV[2] ~= 'done') then
  return redis.error_reply('INVALID arguments')
end
local prefix = match(KEYS[1], '^(.*)erasures:open$')
if not prefix then
  return redis.error_reply('INVALID keys')
end
local own = prefix .. 'erasure:'
local names = {}
for k = 2, #KEYS do
  local name = string.sub(KEYS[k], 1, #own) == own and match(string.sub(KEYS[k], #own + 1), '^p%d+_%x+$')
  if not name then
    return redis.error_reply('INVALID keys')
  end
  names[k - 1] = name
end
call('SCARD', KEYS[1])

for k = 2, #KEYS do
  call('SET', KEYS[k], ARGV[1])
  call(ARGV[2] == 'open' and 'SADD' or 'SREM', KEYS[1], names[k - 1])
end
return format('%d', #names)
