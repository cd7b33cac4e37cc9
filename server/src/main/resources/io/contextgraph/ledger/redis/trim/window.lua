-- Takes events out of the index, or brings them back, and says how far that has got.
--
-- KEYS
--   1 ledger   2 lease:retention
--   and then the keys that are changed: documents, sets of the index, cold:<session_id>
-- ARGV
--   1 owner and 2 number of the lease
--   3 the event up to which the index has none, as the caller has read it: <seq>:<position>   4 the one from now on
--   5 how many events in between are gone
--   and then for each key, in their order, what becomes of it:
--   mark                                 the document leaves the index
--   unmark                               the document comes back
--   take <count> <member>...             members leave the set
--   put <count> <score> <member>...      members come back to the set
--   write <count> <offset> <bytes>...    bytes of the string
--   drop                                 the key goes
-- Reply
--   1
-- Errors
--   FENCED     the lease is not the caller's, or has run out: nothing is written
--   MENDING    the ledger is being mended: nothing is written
--   SHIFTED    somebody else has taken out or brought back events since the caller looked: nothing is written
--   INVALID    an argument breaks a rule: nothing is written
--   CORRUPT    a document is missing, or is not as it is written: nothing is written
--   WRONGTYPE  a key holds something else than this script works with: nothing is written
--
-- INVARIANT: no event leaves the index that has an entry in the streams.
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write.

local ledger, lease, from, to = KEYS[1], KEYS[2], ARGV[3], ARGV[4]

if #KEYS < 2 or #ARGV < 5 or not find(from, '^%d+:%d+%-%d+$') or not find(to, '^%d+:%d+%-%d+$')
  or not find(ARGV[5], '^%d+$') then
  return redis.error_reply('INVALID arguments')
end
local refused = fenced(ledger, lease)
if refused then
  return refused
end
local head = call('HMGET', ledger, 'unindexed', 'trimmed')
if (head[1] or '0:0-0') ~= from then
  return redis.error_reply('SHIFTED the index has nothing up to ' .. tostring(head[1]))
end
local last, trimmed = tonumber(string.match(to, '^%d+')), tonumber(string.match(head[2] or '', '^%d+')) or 0
if last > trimmed then
  return redis.error_reply('INVALID events have entries in the streams')
end

-- The mark of a document stands in place of its id, which the key says, and the document is written anew as a whole: one
-- with a property more, or changed in its place, may take 400 bytes more from then on.
local MARK, MARKED, WITH_ID = '{"cold":1', '^{"cold":1(,.*)$', '^{"event_id":"[%x%-]+"(,.*)$'

-- How many arguments follow the name of each, and how many for each of the counted ones.
local PARTS = { mark = 0, unmark = 0, drop = 0, take = 1, put = 2, write = 2 }
local plans, at = {}, 6
for k = 3, #KEYS do
  local what = ARGV[at]
  local parts = PARTS[what or '']
  local count = parts and (parts == 0 and 0 or tonumber(ARGV[at + 1]))
  if not count then
    return redis.error_reply('INVALID plan')
  end
  local first = at + (parts == 0 and 1 or 2)
  plans[k] = { what, first, first + count * parts - 1 }
  at = first + count * parts
  local reply
  if what == 'mark' or what == 'unmark' then
    reply = pcall('JSON.GET', KEYS[k])
    if not reply then
      return redis.error_reply('CORRUPT the document ' .. KEYS[k] .. ' is missing')
    end
    if type(reply) == 'string' and not find(reply, MARKED) and not find(reply, WITH_ID) then
      return redis.error_reply('CORRUPT the document ' .. KEYS[k] .. ' does not begin with its event_id')
    end
    plans[k][4] = reply
  elseif what == 'take' or what == 'put' then
    reply = pcall('ZCARD', KEYS[k])
  elseif what == 'write' then
    reply = pcall('STRLEN', KEYS[k])
  end
  if type(reply) == 'table' and reply.err then
    return reply
  end
end
if at ~= #ARGV + 1 then
  return redis.error_reply('INVALID plan')
end

for k = 3, #KEYS do
  local what, first, final, text = unpack(plans[k])
  if what == 'mark' then
    local rest = string.match(text, WITH_ID)
    if rest then
      call('JSON.SET', KEYS[k], '$', MARK .. rest)
    end
  elseif what == 'unmark' then
    local rest = string.match(text, MARKED)
    if rest then
      call('JSON.SET', KEYS[k], '$', '{"event_id":"' .. string.sub(KEYS[k], -36) .. '"' .. rest)
    end
  elseif what == 'drop' then
    call('UNLINK', KEYS[k])
  elseif what == 'take' then
    call('ZREM', KEYS[k], unpack(ARGV, first, final))
  elseif what == 'put' then
    call('ZADD', KEYS[k], unpack(ARGV, first, final))
  else
    for i = first, final, 2 do
      call('SETRANGE', KEYS[k], ARGV[i], ARGV[i + 1])
    end
  end
end
if ARGV[5] ~= '0' then
  local narrows = last > (tonumber(string.match(from, '^%d+')) or 0)
  call('HINCRBY', ledger, 'gone_indexed', (narrows and '-' or '') .. ARGV[5])
end
call('HSET', ledger, 'unindexed', to)
return 1
