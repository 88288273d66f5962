// Owns how units are written for people: a table from the codes of UCUM that servers also put where words belong. Pure.
// See https://ucum.org/ucum

const PRINTED: Readonly<Record<string, string>> = {
  Cel: '°C',
  '[degF]': '°F',
  'mm[Hg]': 'mmHg',
  '[in_i]': 'in',
  '[ft_i]': 'ft',
  '[lb_av]': 'lb',
  '[oz_av]': 'oz',
  'kg/m2': 'kg/m²',
  m2: 'm²',
  '10*3/uL': '10³/µL',
  '10*6/uL': '10⁶/µL',
  '10*9/L': '10⁹/L',
  '10*12/L': '10¹²/L',
  'ug/dL': 'µg/dL',
  'ug/mL': 'µg/mL',
  'ug/L': 'µg/L',
  'umol/L': 'µmol/L',
  uL: 'µL',
  '/uL': '/µL',
  '[IU]/L': 'IU/L',
  '[IU]/mL': 'IU/mL',
  'm[IU]/L': 'mIU/L',
  'm[IU]/mL': 'mIU/mL',
  'u[IU]/mL': 'µIU/mL',
  'meq/L': 'mEq/L',
  'mosm/kg': 'mOsm/kg',
  'mL/min/{1.73_m2}': 'mL/min/1.73 m²',
  'ug/g{creat}': 'µg/g creatinine',
  'mg/g{creat}': 'mg/g creatinine',
  '{beats}/min': 'beats/min',
  '{breaths}/min': 'breaths/min',
  '/[HPF]': '/HPF',
  '/[LPF]': '/LPF',
  '[pH]': 'pH',
};

/** A unit as people write it; one that the table does not have as it is. */
export function printedUnit(unit: string): string {
  return Object.hasOwn(PRINTED, unit) ? (PRINTED[unit] ?? unit) : unit;
}
