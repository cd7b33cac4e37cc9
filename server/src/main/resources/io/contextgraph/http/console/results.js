// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What came of long work: in a sentence with the numbers that count, then what was found; all of it as JSON for whoever opens it. */

import {html, nothing} from './lit-html/lit-html.js';
import {bytes, count, counted, moment} from './format.js';
import {folded, jsonView} from './json.js';
import {eventLink, sessionLink} from './parts.js';
import {cut, shown} from './text.js';

const NAMED = 20;

const VERDICTS = {
  equal: 'The graph equals the ledger',
  unsettled: 'Nothing differs, but some sessions could not be compared yet',
  different: 'The graph differs from the ledger',
};

const DIFFERENCES = {
  missing_event: 'missing event',
  foreign_event: 'foreign event',
  property: 'wrong value',
  missing_edge: 'missing edge',
  foreign_edge: 'foreign edge',
  archived: 'wrong archived session',
  digest: 'wrong digest',
  double_id: 'id in two partitions',
};

/** By kind of operation: what is said of its result, whether that is bad, and what was found. */
const TELLERS = {
  verify: verified,
  repair: repaired,
  rebuild: (result) => {
    const rest = repaired(result.repair);
    return {...rest, told: html`${counted(result.replayed, 'event')} replayed${result.resumed_after_seq > 0
        ? html`, behind number ${count(result.resumed_after_seq)}, where the one before had come to` : nothing}. ${rest.told}`};
  },
  retention: retained,
  verify_archive: (result) => ({
    told: result.faults.length === 0 ? `${counted(result.segments.length, 'segment')} read back, whole.`
        : `${counted(result.faults.length, 'fault')} in the archive.`,
    isBad: result.faults.length > 0,
    found: faults(result.faults),
  }),
  restore: restored,
  backup: backedUp,
  verify_backup: backedUp,
  erasure: (result) => ({
    told: result.report ? html`Erasure: ${shown(result.report.state)}${result.report.held_by?.length
        ? html`, held by ${counted(result.report.held_by.length, 'session')}` : nothing}.` : 'Nothing was to be erased.',
  }),
};

export function resultView(kind, result) {
  const {told, isBad = false, found = nothing} = TELLERS[kind]?.(result) ?? {told: nothing};
  return html`<p class=${isBad ? 'result fault' : 'result'}>${told}</p>${found}
    ${folded('All of it', '', () => jsonView(result))}`;
}

function verified(result) {
  return {
    told: html`${VERDICTS[result.verdict] ?? shown(result.verdict)}: ${counted(result.events, 'event')} in
      ${counted(result.sessions, 'session')}${result.exact_sessions ? html`, ${count(result.exact_sessions)} of them event by event` : nothing}.
      ${result.behind ? html`${counted(result.behind, 'event')} are still on the way.` : nothing} ${kinds(result.counts)} ${unsettled(result)}
      ${result.strays.length ? html`${counted(result.strays.length, 'stray')}.` : nothing}`,
    isBad: result.verdict === 'different',
    found: html`${differences(result.differences)}${list(result.strays, (one) => html`stray ${shown(one.kind)} <bdi class="id">${shown(one.id)}</bdi>`)}`,
  };
}

function repaired(result) {
  const left = kinds(result.left);
  return {
    told: html`${result.complete ? 'The graph is what the ledger says' : 'Something is left'}: ${counted(result.events, 'event')} looked at,
      ${count(result.projected)} projected anew, ${count(result.tidied)} taken out, in ${counted(result.repaired_sessions, 'session')}.
      ${left === nothing ? nothing : html`Left: ${left}`} ${unsettled(result)}
      ${result.refused.length ? html`${counted(result.refused.length, 'event')} that the graph refuses.` : nothing}`,
    isBad: !result.complete,
    found: html`${list(result.refused, (id) => html`refused ${eventLink(id, id)}`)}${differences(result.differences)}`,
  };
}

function retained(result) {
  const ceiling = result.ceiling;
  const obstacle = result.obstacle;
  const [goes, leave] = result.dry_run ? ['would go', 'would leave'] : ['went', 'left'];
  const stays = !ceiling ? [] : [['held', ceiling.held], ['parked', ceiling.parked], ['waiting', ceiling.waiting]]
      .filter(([, stay]) => stay > 0).map(([why, stay]) => `${count(stay)} ${why}`);
  return {
    told: html`${count(result.entries)} of the streams' entries ${goes}${
      ceiling ? html`, ${counted(ceiling.events, 'event')} ${leave} the ledger${ceiling.segments
          ? html` in ${counted(ceiling.segments, 'segment')}` : nothing}` : nothing}.
      ${result.dry_run ? 'Nothing was changed.' : nothing} ${stays.length ? html`Of those past the ceiling stay: ${stays.join(', ')}.` : nothing}
      ${obstacle ? html`Held up by the group <bdi>${shown(obstacle.group)}</bdi>, which ${obstacle.kind === 'missing' ? 'does not exist' : 'has not finished'}.` : nothing}
      ${ceiling?.problem ? shown(ceiling.problem) : nothing}`,
    isBad: Boolean(obstacle || ceiling?.problem),
  };
}

function restored(result) {
  return {
    told: html`${counted(result.restored, 'event')} ${result.dry_run ? 'would come back' : 'came back'} of ${counted(result.segments, 'segment')} found whole;
      ${count(result.there)} there anyway. ${result.refused ? html`${count(result.refused)} refused.` : nothing}
      ${result.dry_run ? 'Nothing was changed.' : result.kept_until ? html`The ceiling leaves them alone until ${moment(result.kept_until)}.` : nothing}
      ${result.faults.length ? html`${counted(result.faults.length, 'fault')}: nothing comes back.` : nothing}`,
    isBad: result.faults.length > 0,
    found: faults(result.faults),
  };
}

function backedUp(result) {
  const tried = result.verification;
  return {
    told: html`<bdi class="id">${shown(result.id)}</bdi>: up to number ${count(result.seq)}, ${bytes(weight(result))}. ${verification(tried)}`,
    isBad: tried !== undefined && tried !== null && !tried.verified,
  };
}

/** What came of trying a backup out. */
export function verification(tried) {
  return !tried ? 'Nobody has tried it out.'
      : html`${tried.verified ? 'Tried out, and good' : 'Not verified'} ${tried.at ? moment(tried.at) : nothing}: ${shown(tried.detail ?? '')}`;
}

/** How much a backup takes. */
export function weight(backup) {
  return backup.files.reduce((sum, file) => sum + file.bytes, 0);
}

export function faults(all) {
  return list(all, (one) => html`<span class="fault">${shown(one.kind)}</span> <bdi class="id">${shown(one.segment)}</bdi> ${shown(one.message)}`);
}

function differences(all) {
  return list(all, (one) => html`<span class="fault">${DIFFERENCES[one.kind] ?? shown(one.kind)}</span>
    ${one.session_id ? html`in ${sessionLink(one.session_id)}` : nothing} ${one.event_id ? eventLink(one.event_id) : nothing}
    <bdi>${shown(cut(one.detail ?? '', 200))}</bdi>`);
}

function kinds(counts) {
  const some = Object.entries(counts ?? {}).filter(([, number]) => number > 0);
  return some.length === 0 ? nothing : some.map(([kind, number]) => counted(number, DIFFERENCES[kind] ?? kind.replaceAll('_', ' '))).join(', ') + '.';
}

function unsettled(result) {
  return result.unsettled_sessions ? html`${counted(result.unsettled_sessions, 'session')} unsettled.` : nothing;
}

function list(all, one) {
  return all.length === 0 ? nothing : html`<ul class="plain">${all.slice(0, NAMED).map((each) => html`<li>${one(each)}</li>`)}
    ${all.length > NAMED ? html`<li class="dim">and ${count(all.length - NAMED)} more that are named</li>` : nothing}</ul>`;
}
