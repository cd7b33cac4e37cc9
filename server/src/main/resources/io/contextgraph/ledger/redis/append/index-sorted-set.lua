-- The engine sorted-set: documents are strings, and each value of an indexed field has a sorted set of its events.
--
-- Adds the same as index-search.lua.

local ENGINE, SHARED_KEYS, KEYS_PER_EVENT = 'sorted-set', 10, 11
local KEYS_PER_PERSON, SEALED_LOOK = 2, 'STRLEN'
local documents, members, member_keys = {}, {}, {}

local function index_fits(prefix)
  return KEYS[8] == prefix .. 'by:all'
end

local function event_fits(prefix, at, k)
  return KEYS[k + 5] == prefix .. 'by:session:' .. ARGV[at + SESSION]
    and KEYS[k + 6] == prefix .. 'by:agent:' .. ARGV[at + AGENT]
    and KEYS[k + 7] == prefix .. 'by:trace:' .. ARGV[at + TRACE]
    and KEYS[k + 8] == prefix .. 'by:type:' .. ARGV[at + TYPE]
    and KEYS[k + 9] == prefix .. 'by:tool:' .. ARGV[at + TOOL]
    and KEYS[k + 10] == prefix .. 'by:parent:' .. ARGV[at + PARENT]
    and KEYS[k + 11] == prefix .. 'by:status:' .. ARGV[at + STATUS_AT]
end

local function person_fits(prefix, person, subject)
  return person.subject == prefix .. 'subject:' .. subject
end

local function prove_index()
  call('ZCARD', KEYS[8])
end

local function stored_document(key)
  return pcall('GET', key)
end

local function index_hindrance(k)
  for i = 5, 11 do
    local wrong = refusal('ZCARD', KEYS[k + i])
    if wrong then
      return wrong
    end
  end
  return nil
end

local function person_refusal(person)
  return refusal('ZCARD', person.subject)
end

local function keep_document(key, text)
  local last = #documents
  documents[last + 1], documents[last + 2] = key, text
end

local function index(key, score, member)
  local entries = members[key]
  if not entries then
    entries = { 'ZADD', key }
    members[key] = entries
    member_keys[#member_keys + 1] = key
  end
  entries[#entries + 1], entries[#entries + 2] = score, member
end

local function index_event(at, k, number, bytes)
  local score, member = ARGV[at + OCCURRED], struct.pack('>I8', number) .. bytes
  index(KEYS[8], score, member)
  for i = 5, 11 do
    if i < 9 or ARGV[at + (i == 9 and TOOL or i == 10 and PARENT or STATUS_AT)] ~= '' then
      index(KEYS[k + i], score, member)
    end
  end
end

local function index_person(person, number, bytes)
  index(person.subject, format('%d', number), struct.pack('>I8', number) .. bytes)
end

local function write_index()
  call('MSET', unpack(documents))
  for i = 1, #member_keys do
    call(unpack(members[member_keys[i]]))
  end
end
