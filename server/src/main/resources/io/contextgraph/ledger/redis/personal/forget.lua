#!lua flags=allow-oom
-- Takes sealed payloads of a person away. Runs where Redis has no memory left, too: it frees some.
--
-- KEYS
--   1 ledger   2 fence:<pseudonym>   and for sorted-set also   3 subject:<pseudonym>
--   and then of each event pii:<pseudonym>:<event_id>
-- ARGV
--   1 engine, sorted-set or search
--   and then for sorted-set, for each event, its member of that set
-- Reply
--   how many payloads there were
-- Errors
--   UNFENCED   one of them is sealed by a key that the fence does not cover: nothing is written
--   MENDING    the ledger is being mended: nothing is written
--   INVALID    an argument breaks a rule: nothing is written
--   CORRUPT    how many payloads are sealed is damaged: nothing is written
--   WRONGTYPE  a key holds something else than this script works with: nothing is written
--
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write.

local call, pcall, find, match, format = redis.call, redis.pcall, string.find, string.match, string.format
local tonumber = tonumber
local ledger, fence = KEYS[1], KEYS[2]
local sets = ARGV[1] == 'sorted-set'
local first = sets and 4 or 3
local events = #KEYS - first + 1
-- The beginning of a sealed payload as a string, up to its key and beyond.
local BEGINNING = 300

if (not sets and ARGV[1] ~= 'search') or events < 1 or #ARGV ~= (sets and events + 1 or 1) then
  return redis.error_reply('INVALID arguments')
end
local prefix, subject = match(fence, '^(.*)fence:(p%d+_%x+)$')
if not prefix or ledger ~= prefix .. 'ledger' or (sets and KEYS[3] ~= prefix .. 'subject:' .. subject) then
  return redis.error_reply('INVALID keys')
end
local own = prefix .. 'pii:' .. subject .. ':'
for k = first, #KEYS do
  if string.sub(KEYS[k], 1, #own) ~= own then
    return redis.error_reply('INVALID keys')
  end
end

local time = call('TIME')
local head = call('HMGET', ledger, 'mending', 'personal')
if head[1] and (tonumber(head[1]) or 0) > time[1] * 1000 then
  return redis.error_reply('MENDING the ledger is being mended')
end
local count = tonumber(head[2] or '0')
if not count then
  return redis.error_reply('CORRUPT ledger: how many payloads are sealed is damaged')
end
local height = tonumber(call('GET', fence) or '0') or 0
if sets then
  call('ZCARD', KEYS[3])
end

-- By the generation of which key a payload is sealed; 0 where it does not say: that opens nothing, and needs any fence.
local function generation(key)
  local text
  if sets then
    text = match(call('GETRANGE', key, 0, BEGINNING - 1), '"key":("[^"]*")')
  else
    local told = pcall('JSON.GET', key, '.sealed.key')
    text = type(told) == 'string' and told or nil
  end
  return tonumber(text and match(text, '^"p%d+_%x+%.(%d+)"$') or '0')
end

local there = {}
for k = first, #KEYS do
  if call('EXISTS', KEYS[k]) == 1 then
    there[#there + 1] = KEYS[k]
    if height == 0 or generation(KEYS[k]) > height then
      return redis.error_reply('UNFENCED ' .. subject)
    end
  end
end
for i = 1, #there do
  call('UNLINK', there[i])
end
if sets then
  for e = 1, events do
    call('ZREM', KEYS[3], ARGV[e + 1])
  end
end
if #there > 0 then
  call('HSET', ledger, 'personal', format('%d', math.max(0, count - #there)))
end
return format('%d', #there)
