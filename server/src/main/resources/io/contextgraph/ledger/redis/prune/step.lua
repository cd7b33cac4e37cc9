-- Takes events out of the ledger: documents, payloads, sets of the index, numbers; and remembers that they are gone.
--
-- KEYS
--   1 ledger   2 lease:retention   3 dedup:events   4 holds   5 originals
--   and then of each session session:<session_id>, cold:<session_id>   of each page ids:<page>
--   what goes: evt:<event_id>, payload:<event_id>, or pii:<pseudonym>:<event_id> for one about a person
--   sets of the index, and for sorted-set those of persons: subject:<pseudonym>
-- ARGV
--   1 owner and 2 number of the lease
--   3 the time of the pruning, in milliseconds since 1970
--   4 the last of the events: <seq>:<position>   5 the number of the first event that stays
--   6 how many sessions   7 pages   8 keys that go   9 sets   10 events
--   11 up to which event the index has none: <seq>:<position>   12 how many of the events are behind it
--   and then the id of each event
--   for each session: its id, how many of its events are gone, how many will be, its tally
--   for each page: how many ids, and of each its place in the page and its bytes
--   for each set: how many members, and the members
-- Reply
--   1
-- Errors
--   FENCED     the lease is not the caller's, or has run out: nothing is written
--   MENDING    the ledger is being mended: nothing is written
--   HELD       a session is held; its id follows: nothing is written
--   SHIFTED    some of the events are gone already, or the index has other events: nothing is written
--   INVALID    an argument breaks a rule: nothing is written
--   CORRUPT    a number has another event, or a session less events than that: nothing is written
--   WRONGTYPE  a key holds something else than this script works with: nothing is written
--
-- INVARIANT: no event goes that has an entry in the streams, whose session is held, or that is the newest of the ledger.
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write.

local ledger, lease, gone, holds, originals = unpack(KEYS, 1, 5)
local ID_BYTES = 16
local EMPTY = string.rep('\0', ID_BYTES)

local sessions, pages, going, sets, events = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]),
  tonumber(ARGV[10])
if not (sessions and pages and going and sets and events) or events < 1 or #KEYS ~= 5 + 2 * sessions + pages + going + sets
  or not find(ARGV[3], '^%d+$') or not find(ARGV[4], '^%d+:%d+%-%d+$') or not find(ARGV[5], '^%d+$')
  or not find(ARGV[12] or '', '^%d+$') then
  return redis.error_reply('INVALID arguments')
end
local refused = fenced(ledger, lease)
if refused then
  return refused
end
local head = call('HMGET', ledger, 'seq', 'trimmed', 'pruned', 'first_seq', 'originals', 'unindexed', 'pruning',
  'personal')
local last = tonumber(string.match(ARGV[4], '^%d+'))
if last > (tonumber(string.match(head[2] or '', '^%d+')) or 0) then
  return redis.error_reply('INVALID events have entries in the streams')
elseif last >= (tonumber(head[1]) or 0) then
  return redis.error_reply('INVALID the newest event stays')
elseif head[7] ~= ARGV[3] then
  return redis.error_reply('INVALID the pruning was not begun last')
end
if (head[6] or '0:0-0') ~= ARGV[11] then
  return redis.error_reply('SHIFTED the index has other events')
end
call('ZCARD', gone)
call('HLEN', originals)

local at, key = 12 + events, 5
local plans = {}
for s = 1, sessions do
  key = key + 2
  local id, before, after, tally = unpack(ARGV, at + 1, at + 4)
  at = at + 4
  before, after = tonumber(before), tonumber(after)
  if not (before and after and tally) or after <= before then
    return redis.error_reply('INVALID sessions')
  end
  if call('HEXISTS', holds, id) == 1 then
    return redis.error_reply('HELD ' .. id)
  end
  local entry = call('HMGET', KEYS[key - 1], 'count', 'pruned')
  call('STRLEN', KEYS[key])
  local count = tonumber(entry[1])
  if (tonumber(entry[2] or '0') or -1) ~= before then
    return redis.error_reply('SHIFTED other events of the session are gone')
  elseif not count or after > count then
    return redis.error_reply('CORRUPT session: has ' .. tostring(entry[1]) .. ' events, of which ' .. ARGV[at - 1]
      .. ' were to be gone')
  end
  plans[key] = { format('%d', after), tally, after == count }
end
for p = 1, pages do
  key = key + 1
  local count = tonumber(ARGV[at + 1])
  if not count or count < 1 then
    return redis.error_reply('INVALID pages')
  end
  for i = at + 2, at + 1 + 2 * count, 2 do
    local place, id = tonumber(ARGV[i]), ARGV[i + 1]
    if not place or not id or #id ~= ID_BYTES then
      return redis.error_reply('INVALID pages')
    end
    local there = call('GETRANGE', KEYS[key], place, place + ID_BYTES - 1)
    if there == EMPTY then
      return redis.error_reply('SHIFTED an event has no number any more')
    elseif there ~= id then
      return redis.error_reply('CORRUPT ' .. KEYS[key] .. ' has another event at ' .. ARGV[i])
    end
  end
  plans[key] = { at + 2, at + 1 + 2 * count }
  at = at + 1 + 2 * count
end
local sealed = string.match(ledger, '^(.*)ledger$') .. 'pii:'
local any_sealed = false
for g = key + 1, key + going do
  any_sealed = any_sealed or string.sub(KEYS[g], 1, #sealed) == sealed
end
local sealed_before = tonumber(head[8] or '0')
if any_sealed and not sealed_before then
  return redis.error_reply('CORRUPT ledger: how many payloads are sealed is damaged')
end
key = key + going
for s = 1, sets do
  key = key + 1
  local count = tonumber(ARGV[at + 1])
  if not count or count < 1 then
    return redis.error_reply('INVALID sets')
  end
  call('ZCARD', KEYS[key])
  plans[key] = { at + 2, at + 1 + count }
  at = at + 1 + count
end
if at ~= #ARGV then
  return redis.error_reply('INVALID arguments')
end

local ids = {}
for e = 13, 12 + events do
  ids[#ids + 1], ids[#ids + 2] = ARGV[3], ARGV[e]
end
call('ZADD', gone, unpack(ids))
key = 5
for s = 1, sessions do
  key = key + 2
  local entry, after, tally, ended = KEYS[key - 1], unpack(plans[key])
  call('HSET', entry, 'pruned', after, 'tally', tally)
  if ended then
    for _, name in ipairs(call('HKEYS', entry)) do
      if string.sub(name, 1, 6) == 'agent:' then
        call('HDEL', entry, name)
      end
    end
    call('UNLINK', KEYS[key])
  end
end
for p = 1, pages do
  key = key + 1
  for i = plans[key][1], plans[key][2], 2 do
    call('SETRANGE', KEYS[key], ARGV[i], EMPTY)
  end
  if call('BITCOUNT', KEYS[key]) == 0 then
    call('UNLINK', KEYS[key])
  end
end
for g = 1, going do
  key = key + 1
  local went = call('UNLINK', KEYS[key])
  if any_sealed and string.sub(KEYS[key], 1, #sealed) == sealed then
    sealed_before = sealed_before - went
  end
end
if any_sealed then
  call('HSET', ledger, 'personal', format('%d', math.max(0, sealed_before)))
end
for s = 1, sets do
  key = key + 1
  call('ZREM', KEYS[key], unpack(ARGV, plans[key][1], plans[key][2]))
end
local originally = call('HDEL', originals, unpack(ARGV, 13, 12 + events))
if head[5] and originally > 0 then
  call('HINCRBY', ledger, 'originals', -originally)
end
call('HINCRBY', ledger, 'pruned_events', events)
call('HINCRBY', ledger, 'gone_indexed', ARGV[12])
if last > (tonumber(string.match(head[3] or '', '^%d+')) or 0) then
  call('HSET', ledger, 'pruned', ARGV[4])
end
if tonumber(ARGV[5]) > (tonumber(head[4]) or 1) then
  call('HSET', ledger, 'first_seq', ARGV[5])
end
return 1
