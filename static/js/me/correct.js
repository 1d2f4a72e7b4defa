/** Turns what the server sent back into a draft again. The parked entry stays until the corrected one is saved in its
 *  place, so that a correction given up half-way loses nothing. */

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../store/outbox.js').Entry} Entry */

/** @param {Entry} entry @returns {{name: string, value: {path: string} & Record<string, unknown>} | null} null for what has no form */
export function draftOf(entry) {
  const replaces = { id: entry.id, blobs: entry.blobs };
  const { checklist, ...body } = entry.body;
  if (entry.kind === 'sighting.report') {
    return { name: 'draft/sighting', value: { ...body, path: '/m/report', title: entry.label, replaces } };
  }
  if (entry.kind === 'venue.amend') {
    const path = `/m/stop/${body.venue_uid}/correct`;
    const named = Object.entries(body.changes);
    const [seen, wanted] = ['seen', 'wanted'].map((side) => Object.fromEntries(named.map(([name, pair]) => [name, pair[side]])));
    return { name: `draft/venue/${body.venue_uid}`, value: { seen, wanted, remark: body.remark, photos: [], path, title: entry.label, replaces } };
  }
  if (entry.kind !== 'finding.record') return null;
  const path = `/m/stop/${body.venue_uid}/finding`;
  const value = { witness: '', ...body, outcome: 'suspicious', answers: checklist.answers, path, title: entry.label, replaces };
  return { name: `draft/finding/${body.venue_uid}`, value };
}

/** Open the form of a parked entry; a draft already begun there comes first.
 *  @param {Phone} phone @param {Entry} entry */
export async function correct(phone, entry) {
  const draft = draftOf(entry);
  if (!draft) return;
  const begun = await phone.locker.read(draft.name);
  if (!begun) {
    const value = { ...draft.value, saved_at: phone.clock() };
    await phone.locker.commit({ put: { [draft.name]: value }, hold: { holder: draft.name, blobs: entry.blobs } });
  }
  phone.go(draft.value.path);
}
