/*! teahouse.js, Apache-2.0 */
(() => {
  'use strict';
  const stub = window.teahouse;
  if (stub && stub.version) return;

  const version = '1.0.0', prefix = 'teahouse_', queueMost = 1000, batchMost = 50, bytesMost = 60000;
  const tag = document.currentScript, attributes = tag ? tag.dataset : {};

  // 'pending': calls stay in memory, nothing is stored or sent.
  let consent = 'pending', key, host, options = {}, tab = '';
  let anonymousId = uuid(), userId, groupId;
  let queue = [], sending = false, timer = 0, failures = 0;
  let url, referrer = document.referrer, campaign;

  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) =>
      (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  }

  // Do Not Track and Global Privacy Control win over the page.
  const optedOut = () =>
    navigator.globalPrivacyControl === true || /^(1|yes)$/.test(navigator.doNotTrack || window.doNotTrack);

  // Remembered in a first-party cookie, and in local storage where cookies are off.

  const attempt = (work) => { try { return work(); } catch (e) { /* storage off or full */ } };

  function setCookie(name, value, seconds) {
    document.cookie = prefix + name + '=' + encodeURIComponent(value) + ';path=/;max-age=' + seconds + ';samesite=lax' +
      (options.cookieDomain ? ';domain=' + options.cookieDomain : '') + (location.protocol === 'https:' ? ';secure' : '');
  }
  function recall(name) {
    const hit = attempt(() => document.cookie.split('; ').find((c) => c.startsWith(prefix + name + '=')));
    return hit ? decodeURIComponent(hit.split('=')[1]) : attempt(() => localStorage.getItem(prefix + name)) || undefined;
  }
  function remember(name, value) {
    if (consent !== 'granted') return;
    if (!value) return forget(name);
    attempt(() => setCookie(name, value, 31536000));
    attempt(() => localStorage.setItem(prefix + name, value));
  }
  function forget(name) {
    attempt(() => setCookie(name, '', 0));
    attempt(() => localStorage.removeItem(prefix + name));
  }
  function rememberAll() {
    remember('anonymous_id', anonymousId);
    remember('user_id', userId);
    remember('group_id', groupId);
  }

  // Calls not acknowledged survive the page, an entry a tab. Sent twice they count once, by their messageId.
  function keepQueue() {
    if (consent !== 'granted' || !tab) return;
    attempt(() => queue.length ? localStorage.setItem(tab, JSON.stringify(queue)) : localStorage.removeItem(tab));
  }
  function queueKeys() {
    return attempt(() => Object.keys(localStorage).filter((k) => k.startsWith(prefix + 'queue_' + key))) || [];
  }

  function page() {
    return { path: location.pathname, referrer, search: location.search, title: document.title, url: location.href };
  }
  function readCampaign() {
    const found = {};
    new URLSearchParams(location.search).forEach((value, name) => {
      if (name.startsWith('utm_')) found[name === 'utm_campaign' ? 'name' : name.slice(4)] = value;
    });
    if (Object.keys(found).length) campaign = found;
    return campaign;
  }

  function add(type, fields, extra) {
    if (consent === 'denied' || queue.length >= queueMost) return;
    const { context, ...rest } = extra || {};
    queue.push({
      type, messageId: uuid(), timestamp: new Date().toISOString(), anonymousId, userId, ...fields, ...rest,
      context: {
        page: page(), campaign: readCampaign(), locale: navigator.language, userAgent: navigator.userAgent, groupId,
        timezone: attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
        screen: { width: screen.width, height: screen.height, density: window.devicePixelRatio },
        library: { name: 'teahouse.js', version }, ...context,
      },
    });
    keepQueue();
    queue.length >= options.flushAt ? flush() : schedule(options.flushInterval);
  }

  function schedule(milliseconds) {
    if (!timer) timer = setTimeout(flush, milliseconds);
  }

  // The calls that fit one request, and its body: text/plain needs no preflight.
  function pack(calls) {
    let batch = calls.slice(0, batchMost);
    for (;;) {
      const json = JSON.stringify({ writeKey: key, batch, sentAt: new Date().toISOString() });
      const body = new Blob([json], { type: 'text/plain' });
      if (body.size < bytesMost || batch.length === 1) return { batch, body };
      batch = batch.slice(0, batch.length >> 1);
    }
  }

  function flush() {
    clearTimeout(timer);
    timer = 0;
    if (sending || consent !== 'granted' || !queue.length) return;
    const { batch, body } = pack(queue);
    sending = batch;
    fetch(host + '/v1/batch', {
      method: 'POST', body, credentials: 'omit', keepalive: body.size < bytesMost,
      signal: AbortSignal.timeout && AbortSignal.timeout(30000),
    }).then(answered, () => retry()).then((wait) => {
      sending = false;
      if (!wait) {
        failures = 0;
        queue = queue.filter((call) => !batch.includes(call));
        keepQueue();
      }
      if (queue.length) schedule(wait || (queue.length >= options.flushAt ? 0 : options.flushInterval));
    });
  }
  // Milliseconds until the batch is sent again; 0 when done.
  function answered(response) {
    if (/^(408|429|5..)$/.test(response.status)) return retry(response.headers.get('Retry-After'));
    return response.json().then((answer) => {
      if (answer.success !== true) console.warn('teahouse:', answer.message || 'some calls were refused', answer.rejected);
    }).catch(() => {}).then(() => 0);
  }
  function retry(seconds) {
    if (seconds > 0) return Math.min(seconds, 300) * 1000;
    return Math.min(60000, 1000 * 2 ** failures++) * (0.5 + Math.random() / 2);
  }

  // The page may not come back: hand over what is not on its way; the next page sends it again, in case this fails.
  function leave() {
    if (consent !== 'granted') return;
    let rest = sending ? queue.filter((call) => !sending.includes(call)) : queue;
    while (rest.length) {
      const { batch, body } = pack(rest);
      if (!attempt(() => navigator.sendBeacon(host + '/v1/batch', body))) return;
      rest = rest.slice(batch.length);
    }
  }

  function viewed() {
    const now = location.origin + location.pathname + location.search + (/^#[!/]/.test(location.hash) ? location.hash : '');
    if (now === url) return;
    if (url) referrer = url;
    url = now;
    api.page();
  }
  function watchPages() {
    // Later: the application sets its title first.
    const later = () => setTimeout(viewed);
    for (const name of ['pushState', 'replaceState']) {
      const original = history[name];
      history[name] = function () {
        const result = original.apply(this, arguments);
        later();
        return result;
      };
    }
    addEventListener('popstate', later);
    addEventListener('hashchange', later);
    document.prerendering ? document.addEventListener('prerenderingchange', viewed, { once: true }) : viewed();
  }

  const api = {
    version,

    /** Options: host, consent, autoPage, flushAt, flushInterval (ms), cookieDomain. */
    load(writeKey, given) {
      if (key) return;
      key = writeKey;
      options = { consent: 'granted', autoPage: true, flushAt: 20, flushInterval: 1000, ...given };
      host = (options.host || (tag ? new URL(tag.src).origin : location.origin)).replace(/\/+$/, '');
      api.consent(options.consent);
      addEventListener('pagehide', leave);
      addEventListener('online', flush);
      document.addEventListener('visibilitychange', () => document.hidden && flush());
      if (options.autoPage) watchPages();
    },

    /** 'granted', 'pending', or 'denied': forget all. */
    consent(state) {
      consent = optedOut() ? 'denied' : state;
      if (consent === 'denied') {
        queue = [];
        ['anonymous_id', 'user_id', 'group_id'].forEach(forget);
        queueKeys().forEach((k) => attempt(() => localStorage.removeItem(k)));
        anonymousId = uuid();
        userId = groupId = undefined;
      } else if (consent === 'granted') {
        const known = recall('anonymous_id');
        queue.forEach((call) => { if (known && call.anonymousId === anonymousId) call.anonymousId = known; });
        anonymousId = known || anonymousId;
        userId = userId || recall('user_id');
        groupId = groupId || recall('group_id');
        rememberAll();
        if (!tab) {
          const left = queueKeys();
          tab = prefix + 'queue_' + key + '_' + uuid();
          left.forEach((k) => attempt(() => {
            queue = JSON.parse(localStorage.getItem(k)).concat(queue);
            localStorage.removeItem(k);
          }));
        }
        keepQueue();
        if (queue.length) schedule(options.flushInterval);
      }
    },

    track(event, properties, extra) { add('track', { event, properties }, extra); },

    /** page([[category,] name,] [properties]) */
    page(category, name, properties, extra) {
      if (typeof name !== 'string') [category, name, properties, extra] = [undefined, category, name, properties];
      if (typeof name !== 'string') [name, properties, extra] = [undefined, name || properties, extra];
      add('page', { category, name, properties: { ...page(), ...properties } }, extra);
    },

    /** identify([userId,] traits); another user gets a new anonymous id. */
    identify(id, traits, extra) {
      if (id && typeof id === 'object') [id, traits, extra] = [userId, id, traits];
      else if (id && userId && String(id) !== userId) api.reset();
      if (id) remember('user_id', (userId = String(id)));
      add('identify', { traits }, extra);
    },

    group(id, traits, extra) {
      remember('group_id', (groupId = String(id)));
      add('group', { groupId, traits }, extra);
    },

    /** `id` is who was `previousId`, or who this browser was. */
    alias(id, previousId, extra) { add('alias', { userId: String(id), previousId: previousId || userId || anonymousId }, extra); },

    /** For signing out. */
    reset() {
      userId = groupId = undefined;
      anonymousId = uuid();
      rememberAll();
    },

    anonymousId: () => anonymousId,
    flush,
  };

  // Calls made before this script arrived: teahouse.push(['track', …]).
  const run = ([name, ...parameters]) => { api[name](...parameters); };
  window.teahouse = api;
  if (attributes.writeKey) {
    api.load(attributes.writeKey, {
      host: attributes.host, autoPage: attributes.autoPage !== 'false', consent: attributes.consent || 'granted',
    });
  }
  if (Array.isArray(stub)) {
    stub.forEach(run);
    stub.push = run;
  }
})();
