-- The arguments of the call.
--
-- Adds
--   count, and of each event: times, refs, event_ids, fresh (the keys that a new event does not have yet)
--   prefix, global, ledger, sessions, types, originals, round, dedup, place, ledger_id, partition, partitions
--   pages   the keys of the pages of ids, by page
--   persons, any_person   of each event about a person that is sealed: fence, subject (their keys, the second for sorted-set
--                         alone) and the generation of its key

if ARGV[1] ~= ENGINE then
  return invalid('engine')
end
local count = (#ARGV - SHARED_ARGS) / ARGS_PER_EVENT
if count < 1 or count > MAX_EVENTS or count ~= floor(count) or #KEYS < SHARED_KEYS + count * KEYS_PER_EVENT then
  return invalid('number of keys or arguments')
end

local ledger_id, partition, partitions = string.match(ARGV[3], '^(%S+) (%d+) (%d+)$')
if not ledger_id or not is_uuid(ledger_id) or tonumber(partition) >= tonumber(partitions) then
  return invalid('ledger')
end

local global, ledger, sessions, types, originals, round, dedup = unpack(KEYS, 1, 7)
local prefix = string.match(global, '^(.*)events:__global__$')
if not prefix or ledger ~= prefix .. 'ledger' or sessions ~= prefix .. 'sessions' or types ~= prefix .. 'types'
  or originals ~= prefix .. 'originals' or sub(round, 1, #prefix + 6) ~= prefix .. 'round:'
  or not find(sub(round, #prefix + 7), UUID) or dedup ~= prefix .. 'dedup:events' or not index_fits(prefix) then
  return invalid('shared keys')
end
local page_prefix, first_page = prefix .. 'ids:', KEYS[SHARED_KEYS - 1]
local page = integer(sub(first_page, #page_prefix + 1), 0, LAST_NUMBER)
if not page or first_page ~= page_prefix .. format('%d', page)
  or KEYS[SHARED_KEYS] ~= page_prefix .. format('%d', page + 1) then
  return invalid('pages of ids')
end
local pages = { [page] = first_page, [page + 1] = KEYS[SHARED_KEYS] }
local document_prefix, stream_prefix = prefix .. 'evt:', prefix .. 'events:'
local session_prefix, payload_prefix = prefix .. 'session:', prefix .. 'payload:'
local persons, any_person, last_key = {}, false, SHARED_KEYS + count * KEYS_PER_EVENT

-- Where the payload of an event that names a person belongs, with the keys behind those of all events where it is sealed; false
-- where these are not what they should be.
local function kept_at(e, at, id)
  local subject, generation = ARGV[at + SUBJECT], sealed(at)
  if not generation then
    return payload_prefix .. id
  end
  local person = { generation = generation, fence = KEYS[last_key + 1], subject = KEYS[last_key + 2] }
  if person.fence ~= prefix .. 'fence:' .. subject or not person_fits(prefix, person, subject) then
    return false
  end
  persons[e], any_person, last_key = person, true, last_key + KEYS_PER_PERSON
  return prefix .. 'pii:' .. subject .. ':' .. id
end

local times, refs, fresh, event_ids = {}, {}, {}, {}
for e = 1, count do
  local at, k = SHARED_ARGS + (e - 1) * ARGS_PER_EVENT, SHARED_KEYS + (e - 1) * KEYS_PER_EVENT
  local broken, occurred, ref = fault(at)
  if broken then
    return invalid('event ' .. e .. ': ' .. broken)
  end
  times[e], refs[e], event_ids[e] = occurred, ref, ARGV[at + ID]
  local id, session = ARGV[at + ID], ARGV[at + SESSION]
  local kept = ARGV[at + SUBJECT] == '' and payload_prefix .. id or kept_at(e, at, id)
  if KEYS[k + 1] ~= document_prefix .. id or KEYS[k + 2] ~= stream_prefix .. session
    or KEYS[k + 3] ~= session_prefix .. session or KEYS[k + 4] ~= kept
    or not event_fits(prefix, at, k) then
    return invalid('event ' .. e .. ': keys')
  end
  fresh[2 * e - 1], fresh[2 * e] = KEYS[k + 1], KEYS[k + 4]
end
if #KEYS ~= last_key then
  return invalid('number of keys or arguments')
end

-- Redis may forget this script between two runs of a round: those that it still carries out after that must not pass
-- the others.
local place, number = string.match(ARGV[2], '^(%x+) (%d+)$')
if ARGV[2] ~= '' and not place then
  return invalid('place in the round')
end
if place and number ~= '1' and call('GET', round) ~= place .. ' ' .. format('%d', number - 1) then
  return redis.error_reply('BEHIND the run before this one has not been carried out')
end
