-- The engine search: documents are JSON, and the index of Redis follows them by itself.
--
-- Adds
--   ENGINE, SHARED_KEYS, KEYS_PER_EVENT
--   index_fits(prefix)           whether the shared keys of the index are what they should be
--   event_fits(prefix, at, k)    whether those of an event are
--   prove_index()                fails where a shared key of the index has another type
--   stored_document(key)         the text that is stored, false, or an error
--   index_hindrance(k)           what keeps an event from the index, as Redis says it; nil where nothing does
--   keep_document(key, text), index_event(at, k, number, bytes)    for later
--   write_index()                all that was kept, in as few commands as there are

local ENGINE, SHARED_KEYS, KEYS_PER_EVENT = 'search', 9, 4
local documents = {}

local function index_fits()
  return true
end

local function event_fits()
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

local function keep_document(key, text)
  local last = #documents
  documents[last + 1], documents[last + 2], documents[last + 3] = key, '$', text
end

local function index_event()
end

local function write_index()
  call('JSON.MSET', unpack(documents))
end
