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
local documents, ever
for i = 1, #known, 2 do
  if known[i] == 'num_docs' then
    documents = tonumber(known[i + 1])
  elseif known[i] == 'max_doc_id' then
    ever = tonumber(known[i + 1])
  end
end
local arguments = { unpack(ARGV) }
arguments[#arguments + 1] = 'DIALECT'
arguments[#arguments + 1] = documents and documents == ever and '4' or '2'
local found = call('FT.SEARCH', unpack(arguments))
return found[3] or ''
