-- Whether the arguments of one event keep the rules.
--
-- Adds
--   fault(at)      the rule that is broken, if any; else occurred_at as a number and payload_ref for JSON
--   names          of a name that was judged, its text between quotes in JSON
--   sealed(at)     of an event about a person, the generation of the key that its payload is sealed by; nil where it is not
--                  sealed for its subject
--   any_original   whether an event of this call has been another ledger's

-- Unicode characters in s; nil where s is not UTF-8.
local function characters(s)
  local i, count = 1, 0
  while i <= #s do
    local lead, low, high, more = byte(s, i), 0x80, 0xBF, 0
    if lead >= 0x80 then
      if lead >= 0xC2 and lead <= 0xDF then
        more = 1
      elseif lead >= 0xE0 and lead <= 0xEF then
        more = 2
        if lead == 0xE0 then low = 0xA0 elseif lead == 0xED then high = 0x9F end
      elseif lead >= 0xF0 and lead <= 0xF4 then
        more = 3
        if lead == 0xF0 then low = 0x90 elseif lead == 0xF4 then high = 0x8F end
      else
        return nil
      end
      for j = i + 1, i + more do
        local follower = byte(s, j)
        if not follower or follower < low or follower > high then
          return nil
        end
        low, high = 0x80, 0xBF
      end
    end
    i, count = i + 1 + more, count + 1
  end
  return count
end

-- A text of 1 to max characters without control characters, as it stands between quotes in JSON; false for others.
local function text(s, max)
  if s == '' then
    return false
  elseif find(s, PLAIN) then
    return #s <= max and s
  end
  local length = #s <= 4 * max and characters(s)
  if not length or length > max or find(s, '%c') or find(s, '\194[\128-\159]') then
    return false
  end
  return (string.gsub(s, '["\\]', '\\%0'))
end

-- Names repeat within a call: each is judged once.
local names = {}
local function name(s)
  local known = names[s]
  if known == nil then
    known = not find(s, '^__') and text(s, MAX_NAME)
    names[s] = known
  end
  return known
end

local types_known = {}
local function is_type(s)
  if not types_known[s] then
    types_known[s] = #s <= MAX_NAME and find(s, '^[a-z][a-z0-9]*%.[a-z0-9_%.]+$') and not find(s, '%.[^a-z]')
      and not find(s, '%.$')
  end
  return types_known[s]
end

local function is_uuid(s)
  return find(s, UUID) and lower(s) == s
end

-- The number that s is in its shortest form, from min to max; nil for anything else.
local function integer(s, min, max)
  local number = tonumber(s)
  return number and number >= min and number <= max and format('%d', number) == s and number or nil
end

-- Whether s says what another ledger had assigned to an event, in the one form that is stored.
local function is_original(s)
  local millis, counter, at, seq, session_seq, recorded_at, of_ledger = string.match(s, ORIGINAL_FORM)
  local part_of_position = at and at ~= '' and sub(at, 2)
  if part_of_position and not integer(part_of_position, 0, LAST_PARTITION) then
    return false
  end
  if millis and of_ledger ~= '' then
    local id, part, epoch = string.match(of_ledger, LEDGER_FORM)
    if not id or not is_uuid(id) or not integer(part, 0, LAST_NUMBER) or not integer(epoch, 1, LAST_NUMBER)
      or part_of_position and part ~= part_of_position then
      return false
    end
  end
  return millis and integer(millis, 0, LAST_NUMBER) and integer(counter, 0, LAST_NUMBER)
    and integer(seq, 1, LAST_NUMBER) and integer(session_seq, 1, tonumber(seq))
    and integer(recorded_at, FIRST_MILLIS, LAST_MILLIS)
end

-- INVARIANT: what passes is JSON, and stands in a document as it is.
local function sealed(at)
  local algorithm, subject, generation, digits, of_key, from, to = string.match(ARGV[at + PAYLOAD], SEALED_FORM)
  return algorithm and subject == ARGV[at + SUBJECT] and #algorithm <= 40 and #generation <= 9 and #digits == 32
    and #of_key <= 9 and (to - from) % 4 == 0 and tonumber(of_key) or nil
end

local any_original = false

-- The rule that the event whose arguments begin after `at` breaks, if any; else what was read on the way: occurred_at
-- as a number, payload_ref for JSON.
local function fault(at)
  local id, parent, ended = ARGV[at + ID], ARGV[at + PARENT], ARGV[at + ENDED]
  if not is_uuid(id) then return 'event_id' end
  if not is_type(ARGV[at + TYPE]) then return 'event_type' end
  local occurred = integer(ARGV[at + OCCURRED], FIRST_MILLIS, LAST_MILLIS)
  if not occurred then return 'occurred_at' end
  if not name(ARGV[at + SESSION]) then return 'session_id' end
  if not name(ARGV[at + AGENT]) then return 'agent_id' end
  if not name(ARGV[at + TRACE]) then return 'trace_id' end
  local ref = text(ARGV[at + REF], MAX_REF)
  if not ref then return 'payload_ref' end
  if ARGV[at + TOOL] ~= '' and not name(ARGV[at + TOOL]) then return 'tool_name' end
  if parent ~= '' and (parent == id or not is_uuid(parent)) then return 'parent_event_id' end
  if ended ~= '' and not integer(ended, occurred, LAST_MILLIS) then return 'ended_at' end
  if not STATUS[ARGV[at + STATUS_AT]] then return 'status' end
  if ARGV[at + VERSION] ~= '1' and not integer(ARGV[at + VERSION], 1, 2147483647) then return 'schema_version' end
  if ARGV[at + IMPORTANCE] ~= '' and not integer(ARGV[at + IMPORTANCE], 1, 10) then return 'importance_hint' end
  if ARGV[at + SUBJECT] ~= '' and not name(ARGV[at + SUBJECT]) then return 'data_subject_id' end
  if #ARGV[at + HASH] ~= 43 or not find(ARGV[at + HASH], '^[%w_%-]+$') then return 'content_hash' end
  if ARGV[at + EXPECTED] ~= '' and not integer(ARGV[at + EXPECTED], 0, LAST_NUMBER) then return 'expected_session_seq' end
  local payload = ARGV[at + PAYLOAD]
  if payload ~= '' and (#payload > MAX_PAYLOAD or not find(payload, '^[{\31]')) then return 'payload' end
  if ARGV[at + ORIGINAL] ~= '' then
    if not is_original(ARGV[at + ORIGINAL]) then return 'original' end
    any_original = true
  end
  return nil, occurred, ref
end
