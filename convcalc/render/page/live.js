// The numbers of a network for other values of its letters: its forms one after another, then those of each layer.
(names, table, inputs, demands, layers) => {
  let known = [];
  const v = place => {
    if (known[place] === null) throw new RangeError("not known");
    return known[place];
  };
  const gcd = (a, b) => (b ? gcd(b, a % b) : a < 0n ? -a : a);
  const fraction = (a, b) => (a % b ? [a / gcd(a, b), b / gcd(a, b)] : a / b);
  const { forms, tests } = table(v, fraction);
  const tried = form => {
    try {
      return form();
    } catch (error) {
      return null;
    }
  };
  const told = place => (Array.isArray(place) ? all(place.map(told)) : place < 0 ? null : known[place]);
  const all = numbers => (numbers.length && !numbers.includes(null) ? numbers : null);
  const sum = numbers => (numbers.includes(null) ? null : numbers.reduce((a, b) => a + b, 0n));
  const counts = ["parameters", "macs", "activations"];
  const quantities = ["output", ...counts, "receptive_field", "rf_stride", "rf_centre"];
  return values => {
    known = names.map(name => values[name]);
    for (const form of forms) known.push(tried(form));
    const fails = tests.map(([test]) => tried(test) !== true);
    const isSame = !demands.some(need => fails[need]);  // the same layers
    const fits = !layers.some(([, needs]) => needs.some(need => fails[need]));
    const others = [], lost = [], unseen = [];  // layers with other shapes than in letters, none, other fields
    let broken = null;
    const shown = layers.map(([from, needs, alike, sees, ...places], layer) => {
      const isOther = !isSame || from.some(source => others[source]);
      const failed = isOther ? undefined : needs.find(need => fails[need]);
      if (failed !== undefined) broken ??= { layer, why: tests[failed][1] };
      others.push(isOther || alike.some(need => fails[need]));
      lost.push(others[layer] || failed !== undefined || from.some(source => lost[source]));
      unseen.push(!fits || lost[layer] || sees.some(need => fails[need]) || from.some(source => unseen[source]));
      const is = index => (index < 4 ? !lost[layer] : !unseen[layer]);
      return Object.fromEntries(quantities.map((name, index) => [name, is(index) ? told(places[index]) : null]));
    });
    const counted = { parameters: shown, macs: shown, activations: shown.filter((_, layer) => layers[layer].at(-1)) };
    const totals = counts.map(name => [name, sum(counted[name].map(each => each[name]))]);
    return { broken, inputs: inputs.map(told), layers: shown, totals: Object.fromEntries(totals) };
  };
}
