#!lua flags=no-writes
-- How far a step through the search index goes: the sort key of the document that is so many places ahead.
--
-- Dialect 4 finds it out from a part of the index. Search 2.8 to 8 do so by an estimate that is wrong once documents have
-- been written anew or deleted, and an assertion about it then ends the whole server. So it is asked for only while no
-- document ever has been; both questions are one call, so that nobody comes between them.
--
-- KEYS   none: an index is no key
-- ARGV   1 index   and then the arguments of FT.SEARCH but for the dialect
-- Reply  the sort key; empty where there are not so many
-- Errors what the search module says

local call = redis.call
local known = call('FT.INFO', ARGV[1])

-- A simple string of Redis is a table here.
local function plain(value)
  return type(value) == 'table' and value.ok or value
end

local documents, ever
for i = 1, #known, 2 do
  local name = plain(known[i])
  if name == 'num_docs' then
    documents = tonumber(plain(known[i + 1]))
  elseif name == 'max_doc_id' then
    ever = tonumber(plain(known[i + 1]))
  end
end
if not documents or not ever then
  return redis.error_reply('ERR FT.INFO says neither num_docs nor max_doc_id')
end
local arguments = { unpack(ARGV) }
arguments[#arguments + 1] = 'DIALECT'
arguments[#arguments + 1] = documents == ever and '4' or '2'
local found = call('FT.SEARCH', unpack(arguments))
return found[3] or ''
