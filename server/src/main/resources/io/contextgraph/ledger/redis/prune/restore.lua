-- Brings events back that are gone: documents, payloads, numbers, and what the index and the sessions know of them.
--
-- KEYS
--   1 ledger   2 lease:retention   3 dedup:events   4 originals
--   and then of each session session:<session_id>, cold:<session_id>   of each page ids:<page>
--   of each event evt:<event_id>, payload:<event_id>, or pii:<pseudonym>:<event_id> for one about a person
--   sets of the index, and for sorted-set those of persons: subject:<pseudonym>
--   of each event about a person that brings its payload fence:<pseudonym>
-- ARGV
--   1 owner and 2 number of the lease
--   3 engine, sorted-set or search   4 the number of the first of the events   5 that of the last
--   6 how many sessions   7 pages   8 events   9 sets   10 bytes of a page
--   11 up to which event the index has none: <seq>:<position>   12 how many of the events are behind it
--   and then for each event: its id, its document, its payload and its original, each empty where there is none; for one
--     about a person the document of its sealed payload
--   for each session: how many of its events are gone, how many will be, its tally, how many agents, and the agents,
--     how many pieces of cold:<session_id>, and of each its offset and its bytes
--   for each page: how many ids, and of each its place in the page and its bytes
--   for each set: how many members, and of each its score and the member
-- Reply
--   1
-- Errors
--   FENCED     the lease is not the caller's, or has run out: nothing is written
--   MENDING    the ledger is being mended: nothing is written
--   SHIFTED    some of the events are there already, the index has other events, or the subject of one that brings its
--              payload is erased: nothing is written
--   INVALID    an argument breaks a rule: nothing is written
--   CORRUPT    more events were to come back than are gone, or a session is missing: nothing is written
--   WRONGTYPE  a key holds something else than this script works with: nothing is written
--
-- INVARIANT: an event comes back only to a number that has none, and only up to the last that is gone.
-- INVARIANT: the pruning that was begun last is at its end: whoever goes on with it would take out what came back.
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write.

local ledger, lease, gone, originals = unpack(KEYS, 1, 4)
local ID_BYTES = 16
local EMPTY = string.rep('\0', ID_BYTES)

local sessions, pages, events, sets, page_bytes = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]),
  tonumber(ARGV[9]), tonumber(ARGV[10])
if not (sessions and pages and events and sets and page_bytes) or events < 1
  or #KEYS < 4 + 2 * sessions + pages + 2 * events + sets
  or not find(ARGV[4], '^%d+$') or not find(ARGV[5], '^%d+$') or not find(ARGV[12] or '', '^%d+$') then
  return redis.error_reply('INVALID arguments')
end
local refused = fenced(ledger, lease)
if refused then
  return refused
end
local head = call('HMGET', ledger, 'engine', 'pruned', 'pruned_events', 'first_seq', 'originals', 'unindexed',
  'personal')
local left = (tonumber(head[3]) or 0) - events
if head[1] ~= ARGV[3] then
  return redis.error_reply('INVALID the ledger is of engine ' .. tostring(head[1]))
elseif tonumber(ARGV[5]) > (tonumber(string.match(head[2] or '', '^%d+')) or 0) then
  return redis.error_reply('INVALID nothing is gone of these numbers')
elseif left < 0 then
  return redis.error_reply('CORRUPT ledger: less events are gone')
elseif (head[6] or '0:0-0') ~= ARGV[11] then
  return redis.error_reply('SHIFTED the index has other events')
end
call('ZCARD', gone)
local known_originals = head[5] or call('HLEN', originals) == 0

local at, key = 12 + 4 * events, 4
local plans = {}
for s = 1, sessions do
  key = key + 2
  local before, after, tally, agents = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), ARGV[at + 3], tonumber(ARGV[at + 4])
  local pieces = agents and tonumber(ARGV[at + 5 + agents])
  if not (before and after and tally and pieces) or after >= before or after < 0 then
    return redis.error_reply('INVALID sessions')
  end
  local entry = call('HMGET', KEYS[key - 1], 'count', 'pruned')
  call('STRLEN', KEYS[key])
  if not entry[1] then
    return redis.error_reply('CORRUPT ' .. KEYS[key - 1] .. ' is missing')
  elseif (tonumber(entry[2] or '0') or -1) ~= before then
    return redis.error_reply('SHIFTED other events of the session are gone')
  end
  plans[key] = { after, tally, at + 5, agents, at + 6 + agents, pieces }
  at = at + 5 + agents + 2 * pieces
end
for p = 1, pages do
  key = key + 1
  local count = tonumber(ARGV[at + 1])
  if not count or count < 1 then
    return redis.error_reply('INVALID pages')
  end
  for i = at + 2, at + 1 + 2 * count, 2 do
    local place, id = tonumber(ARGV[i]), ARGV[i + 1]
    if not place or not id or #id ~= ID_BYTES or place + ID_BYTES > page_bytes then
      return redis.error_reply('INVALID pages')
    end
    local there = call('GETRANGE', KEYS[key], place, place + ID_BYTES - 1)
    if there ~= EMPTY and there ~= '' then
      return redis.error_reply('SHIFTED a number has an event')
    end
  end
  plans[key] = { at + 2, at + 1 + 2 * count }
  at = at + 1 + 2 * count
end
local first_document = key + 1
if call('EXISTS', unpack(KEYS, first_document, key + 2 * events)) > 0 then
  return redis.error_reply('SHIFTED an event is there')
end
key = key + 2 * events
for s = 1, sets do
  key = key + 1
  local count = tonumber(ARGV[at + 1])
  if not count or count < 1 then
    return redis.error_reply('INVALID sets')
  end
  call('ZCARD', KEYS[key])
  plans[key] = { at + 2, at + 1 + 2 * count }
  at = at + 1 + 2 * count
end
if at ~= #ARGV then
  return redis.error_reply('INVALID arguments')
end
local prefix = string.match(ledger, '^(.*)ledger$')
local personal = tonumber(head[7] or '0')
local any_sealed = false
for e = 1, events do
  local sealed = ARGV[12 + 4 * (e - 1) + 3]
  if string.sub(KEYS[first_document + 2 * (e - 1) + 1], 1, #prefix + 4) == prefix .. 'pii:' and sealed ~= '' then
    key, any_sealed = key + 1, true
    local subject, generation = string.match(sealed,
      '^{"pseudonym":"(p%d+_%x+)","seq":%d+,"sealed":{"sealed":1,"algorithm":"[^"]*","key":"p%d+_%x+%.(%d+)"')
    if not subject or KEYS[key] ~= prefix .. 'fence:' .. subject then
      return redis.error_reply('INVALID sealed payload')
    end
    if (tonumber(call('GET', KEYS[key]) or '0') or 0) >= tonumber(generation) then
      return redis.error_reply('SHIFTED a subject was erased')
    end
    personal = personal and personal + 1
  end
end
if key ~= #KEYS then
  return redis.error_reply('INVALID arguments')
elseif any_sealed and not personal then
  return redis.error_reply('CORRUPT ledger: how many payloads are sealed is damaged')
end

-- The first write takes memory: where Redis has none left, it refuses that one, and nothing is written.
local kept, ids = {}, {}
for e = 1, events do
  local a, k = 12 + 4 * (e - 1), first_document + 2 * (e - 1)
  if ARGV[3] == 'search' then
    call('JSON.SET', KEYS[k], '$', ARGV[a + 2])
  else
    call('SET', KEYS[k], ARGV[a + 2])
  end
  if ARGV[a + 3] ~= '' and ARGV[3] == 'search'
    and string.sub(KEYS[k + 1], 1, #prefix + 4) == prefix .. 'pii:' then
    call('JSON.SET', KEYS[k + 1], '$', ARGV[a + 3])
  elseif ARGV[a + 3] ~= '' then
    call('SET', KEYS[k + 1], ARGV[a + 3])
  end
  if ARGV[a + 4] ~= '' then
    kept[#kept + 1], kept[#kept + 2] = ARGV[a + 1], ARGV[a + 4]
  end
  ids[e] = ARGV[a + 1]
end
key = 4
for s = 1, sessions do
  key = key + 2
  local entry, after, tally, agent, agents, piece, pieces = KEYS[key - 1], unpack(plans[key])
  if after == 0 then
    call('HDEL', entry, 'pruned', 'tally')
  else
    call('HSET', entry, 'pruned', format('%d', after), 'tally', tally)
  end
  for i = agent, agent + agents - 1 do
    call('HSET', entry, 'agent:' .. ARGV[i], '')
  end
  for i = piece, piece + 2 * pieces - 1, 2 do
    call('SETRANGE', KEYS[key], ARGV[i], ARGV[i + 1])
  end
end
for p = 1, pages do
  key = key + 1
  if call('STRLEN', KEYS[key]) == 0 then
    call('SETRANGE', KEYS[key], page_bytes - 1, '\0')
  end
  for i = plans[key][1], plans[key][2], 2 do
    call('SETRANGE', KEYS[key], ARGV[i], ARGV[i + 1])
  end
end
key = key + 2 * events
for s = 1, sets do
  key = key + 1
  call('ZADD', KEYS[key], unpack(ARGV, plans[key][1], plans[key][2]))
end
if #kept > 0 then
  call('HSET', originals, unpack(kept))
  if known_originals then
    call('HINCRBY', ledger, 'originals', format('%d', #kept / 2))
  end
end
if any_sealed then
  call('HSET', ledger, 'personal', format('%d', personal))
end
call('ZREM', gone, unpack(ids))
if left == 0 then
  call('HDEL', ledger, 'pruned', 'pruned_events', 'gone_indexed')
else
  call('HINCRBY', ledger, 'pruned_events', format('%d', -events))
  if ARGV[12] ~= '0' then
    call('HINCRBY', ledger, 'gone_indexed', '-' .. ARGV[12])
  end
end
if tonumber(ARGV[4]) < (tonumber(head[4]) or 1) then
  call('HSET', ledger, 'first_seq', ARGV[4])
end
call('HDEL', ledger, 'pruning_of')
return 1
