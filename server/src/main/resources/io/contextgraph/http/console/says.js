// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * What a payload says: texts, calls, what was given and what came back, what it cost. Reads events of this product's own form,
 * messages of a chat and spans of OpenTelemetry; whatever it does not know is still there as JSON.
 */

const TELLING = ['content', 'text', 'message', 'summary', 'response', 'thought', 'task', 'query', 'prompt', 'completion'];
const GIVEN = ['arguments', 'args', 'input', 'parameters', 'gen_ai.tool.call.arguments', 'ai.toolCall.args', 'input.value',
  'traceloop.entity.input', 'tool.parameters'];
const BACK = ['result', 'output', 'observation', 'gen_ai.tool.call.result', 'ai.toolCall.result', 'output.value',
  'traceloop.entity.output'];
const ASKED = ['gen_ai.input.messages', 'gen_ai.system_instructions', 'input.value', 'ai.prompt.messages', 'ai.prompt',
  'traceloop.entity.input', 'langfuse.observation.input'];
const ANSWERED = ['gen_ai.output.messages', 'ai.response.text', 'output.value', 'traceloop.entity.output',
  'langfuse.observation.output'];
const TOKENS_IN = ['input_tokens', 'prompt_tokens', 'inputTokens', 'promptTokens', 'gen_ai.usage.input_tokens',
  'gen_ai.usage.prompt_tokens', 'llm.token_count.prompt', 'ai.usage.promptTokens'];
const TOKENS_OUT = ['output_tokens', 'completion_tokens', 'outputTokens', 'completionTokens', 'gen_ai.usage.output_tokens',
  'gen_ai.usage.completion_tokens', 'llm.token_count.completion', 'ai.usage.completionTokens'];
const COSTS = ['cost', 'cost_usd', 'total_cost', 'totalCost', 'gen_ai.usage.cost', 'llm.cost.total'];
const MODELS = ['model', 'gen_ai.response.model', 'gen_ai.request.model', 'llm.model_name', 'ai.model.id'];

/** A payload that is sealed, because it is about a person. */
export function isSealed(payload) {
  return isObject(payload) && payload.sealed === 1 && typeof payload.ciphertext === 'string';
}

/** What a payload says; all lists may be empty, all else undefined. */
export function says(payload) {
  const whole = isObject(payload) ? payload : {};
  const attributes = isObject(whole.attributes) ? whole.attributes : {};
  const message = isObject(whole.message) ? whole.message : whole;
  const isSpan = isObject(whole.attributes) && 'name' in whole;
  const found = {
    from: text(whole.from) ?? text(message.role),
    to: text(whole.to),
    model: first(MODELS, whole, attributes, message),
    given: first(GIVEN, whole, attributes),
    back: first(BACK, whole, attributes),
    error: failure(whole, attributes, isSpan),
    texts: [],
    calls: [],
    usage: usage(whole, attributes, message),
  };
  if (isSpan) {
    for (const asked of ASKED) {
      collect(read(attributes[asked]), found, 'asked');
    }
    for (const answered of ANSWERED) {
      collect(read(attributes[answered]), found, 'answered');
    }
    numbered(attributes, found);
  } else {
    for (const name of TELLING) {
      const value = name === 'message' ? whole.message : message[name] ?? whole[name];
      if (value !== undefined && value !== null && found.texts.length === 0) {
        collect(value, found);
      }
    }
    for (const call of list(message.tool_calls)) {
      found.calls.push({name: call?.function?.name ?? call?.name ?? 'a tool', given: read(call?.function?.arguments ?? call?.arguments)});
    }
    for (const one of list(whole.messages).slice(-4)) {
      collect(one, found);
    }
  }
  return found;
}

/** Messages, parts of messages, texts. */
function collect(value, found, label) {
  if (typeof value === 'string') {
    if (value.trim() !== '') {
      found.texts.push({label, text: value});
    }
  } else if (Array.isArray(value)) {
    value.forEach((one) => collect(one, found, label));
  } else if (isObject(value)) {
    part(value, found, label);
  }
}

function part(value, found, label) {
  const role = text(value.role) ?? label;
  if (value.type === 'tool_use' || value.type === 'tool_call' || value.type === 'function_call') {
    found.calls.push({name: text(value.name) ?? 'a tool', given: read(value.input ?? value.arguments)});
  } else if (value.type === 'tool_result' || value.type === 'tool_call_response') {
    found.back ??= value.content ?? value.result ?? value.response;
  } else if (value.type === 'image' || value.type === 'image_url' || value.type === 'input_image') {
    found.texts.push({label: role, text: value.image_url?.url ?? value.source?.data ?? value.data ?? '(an image)'});
  } else {
    const content = value.content ?? value.parts ?? value.text ?? value.thinking ?? value.message;
    if (content !== undefined && content !== null) {
      collect(content, found, role);
    }
    for (const call of list(value.tool_calls)) {
      found.calls.push({name: call?.function?.name ?? call?.name ?? 'a tool', given: read(call?.function?.arguments ?? call?.arguments)});
    }
  }
}

/** Messages that a span has as numbered attributes: gen_ai.prompt.0.content, llm.input_messages.0.message.content. */
function numbered(attributes, found) {
  const pattern = /^(?:gen_ai\.(prompt|completion)\.(\d+)|llm\.(input|output)_messages\.(\d+)\.message)\.content$/;
  const messages = [];
  for (const [name, value] of Object.entries(attributes)) {
    const match = pattern.exec(name);
    if (match && typeof value === 'string') {
      const asked = match[1] === 'prompt' || match[3] === 'input';
      const label = text(attributes[name.replace(/content$/, 'role')]) ?? (asked ? 'asked' : 'answered');
      messages.push({order: (asked ? 0 : 1_000_000) + Number(match[2] ?? match[4]), label, text: value});
    }
  }
  messages.sort((a, b) => a.order - b.order).forEach(({label, text: said}) => found.texts.push({label, text: said}));
}

function failure(whole, attributes, isSpan) {
  const error = whole.error ?? whole.exception;
  if (error !== undefined && error !== null && error !== false) {
    return isObject(error) && typeof error.message === 'string' ? error.message : error;
  }
  if (isSpan && whole.status?.code === 'STATUS_CODE_ERROR') {
    return text(whole.status.message) ?? text(attributes['error.message']) ?? text(attributes['error.type']) ?? 'failed';
  }
  return undefined;
}

function usage(whole, attributes, message) {
  const places = [whole.usage, message.usage, whole.response?.usage, attributes].filter(isObject);
  const used = {
    input: number(TOKENS_IN, ...places),
    output: number(TOKENS_OUT, ...places),
    cost: number(COSTS, ...places, whole),
  };
  return used.input === undefined && used.output === undefined && used.cost === undefined ? undefined : used;
}

function number(names, ...places) {
  for (const place of places) {
    for (const name of names) {
      const value = typeof place[name] === 'string' ? Number(place[name]) : place[name];
      if (typeof value === 'number' && Number.isFinite(value) && value >= 0) {
        return value;
      }
    }
  }
  return undefined;
}

function first(names, ...places) {
  for (const place of places) {
    for (const name of names) {
      if (place[name] !== undefined && place[name] !== null && place[name] !== '') {
        return read(place[name]);
      }
    }
  }
  return undefined;
}

/** A value that may be JSON in a text. */
function read(value) {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value) || value.length > 1_000_000) {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function text(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function list(value) {
  return Array.isArray(value) ? value : [];
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All that can be searched of a payload, in small letters. */
export function searchable(payload) {
  return payload === undefined || payload === null || isSealed(payload) ? '' : JSON.stringify(payload).toLowerCase();
}
