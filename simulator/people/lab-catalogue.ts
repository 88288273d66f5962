// The laboratory tests that histories use: LOINC, UCUM, what each of the two laboratories prints, and what is usual.
// Data; trends of a person are in courses.

/** One test. Values and ranges are in `unit`. */
export type LabTest = {
  readonly key: string;
  readonly loinc: string;
  readonly name: string;
  /** UCUM. */
  readonly unit: string;
  readonly digits: number;
  readonly usual: number;
  readonly spread: number;
  /** The reference range at the earlier and at the later laboratory; a missing end is open. */
  readonly ranges: readonly [Range, Range];
  /** Values beyond an end are printed with a comparator. */
  readonly limits?: { readonly low?: number; readonly high?: number };
};
type Ends = readonly [low?: number | undefined, high?: number | undefined];
export type Range = { readonly low?: number; readonly high?: number };

export type LabPanel = {
  readonly key: string;
  readonly loinc: string;
  readonly name: string;
  readonly tests: readonly LabTest[];
};

export const labPanels = {
  cbc: panel('cbc', '58410-2', 'CBC W Auto Differential panel - Blood', [
    test('wbc', '6690-2', 'Leukocytes', '10*3/uL', 1, 6.4, 0.9, [4, 11], [3.8, 10.8]),
    test('rbc', '789-8', 'Erythrocytes', '10*6/uL', 2, 4.5, 0.15, [3.9, 5.2], [3.8, 5.1]),
    test('hgb', '718-7', 'Hemoglobin', 'g/dL', 1, 13.5, 0.4, [12, 15.5], [11.7, 15.5]),
    test('hct', '4544-3', 'Hematocrit', '%', 1, 40.2, 1.1, [36, 46], [35, 45]),
    test('mcv', '787-2', 'MCV', 'fL', 1, 89, 1.5, [80, 100], [80, 100]),
    test('mch', '785-6', 'MCH', 'pg', 1, 29.8, 0.7, [27, 33], [27, 33]),
    test('mchc', '786-4', 'MCHC', 'g/dL', 1, 33.4, 0.5, [32, 36], [32, 36]),
    test('rdw', '788-0', 'RDW', '%', 1, 13.1, 0.5, [11, 15], [11.5, 14.5]),
    test('plt', '777-3', 'Platelets', '10*3/uL', 0, 252, 24, [150, 400], [140, 400]),
  ]),
  cmp: panel('cmp', '24323-8', 'Comprehensive metabolic 2000 panel - Serum or Plasma', [
    test('glucose', '2345-7', 'Glucose', 'mg/dL', 0, 92, 6, [70, 99], [65, 99]),
    test('bun', '3094-0', 'Urea nitrogen', 'mg/dL', 0, 14, 2.5, [7, 20], [7, 25]),
    test('creatinine', '2160-0', 'Creatinine', 'mg/dL', 2, 0.8, 0.06, [0.6, 1.1], [0.5, 1.05]),
    {
      ...test(
        'egfr',
        '33914-3',
        'GFR/1.73 sq M.predicted',
        'mL/min/{1.73_m2}',
        0,
        96,
        6,
        [60],
        [60],
      ),
      limits: { high: 90 },
    },
    test('sodium', '2951-2', 'Sodium', 'mmol/L', 0, 140, 1.6, [136, 145], [135, 146]),
    test('potassium', '2823-3', 'Potassium', 'mmol/L', 1, 4.2, 0.25, [3.5, 5.1], [3.5, 5.3]),
    test('chloride', '2075-0', 'Chloride', 'mmol/L', 0, 103, 1.8, [98, 107], [98, 110]),
    test('co2', '2028-9', 'Carbon dioxide', 'mmol/L', 0, 25, 1.6, [22, 29], [20, 32]),
    test('calcium', '17861-6', 'Calcium', 'mg/dL', 1, 9.4, 0.25, [8.6, 10.2], [8.6, 10.2]),
    test('protein', '2885-2', 'Protein', 'g/dL', 1, 7, 0.25, [6, 8.3], [6.1, 8.1]),
    test('albumin', '1751-7', 'Albumin', 'g/dL', 1, 4.3, 0.18, [3.5, 5.2], [3.6, 5.1]),
    test('bilirubin', '1975-2', 'Bilirubin.total', 'mg/dL', 1, 0.6, 0.15, [0.2, 1.2], [0.2, 1.2]),
    test('alp', '6768-6', 'Alkaline phosphatase', 'U/L', 0, 66, 9, [40, 129], [31, 125]),
    test('ast', '1920-8', 'AST', 'U/L', 0, 21, 4, [0, 40], [10, 30]),
    test('alt', '1742-6', 'ALT', 'U/L', 0, 19, 5, [0, 41], [6, 29]),
  ]),
  lipid: panel('lipid', '57698-3', 'Lipid panel with direct LDL - Serum or Plasma', [
    test(
      'cholesterol',
      '2093-3',
      'Cholesterol',
      'mg/dL',
      0,
      195,
      10,
      [undefined, 200],
      [undefined, 200],
    ),
    test(
      'triglycerides',
      '2571-8',
      'Triglyceride',
      'mg/dL',
      0,
      110,
      22,
      [undefined, 150],
      [undefined, 150],
    ),
    test('hdl', '2085-9', 'HDL cholesterol', 'mg/dL', 0, 58, 4, [40], [50]),
    test(
      'ldl',
      '18262-6',
      'LDL cholesterol (direct)',
      'mg/dL',
      0,
      118,
      8,
      [undefined, 130],
      [undefined, 100],
    ),
  ]),
  a1c: panel('a1c', '4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', [
    test('a1c', '4548-4', 'Hemoglobin A1c', '%', 1, 5.3, 0.12, [4, 6], [undefined, 5.7]),
  ]),
  iron: panel('iron', '50190-8', 'Iron and iron binding capacity panel - Serum or Plasma', [
    {
      ...test('ferritin', '2276-4', 'Ferritin', 'ng/mL', 0, 52, 9, [13, 150], [16, 232]),
      limits: { low: 5 },
    },
    test('ironSerum', '2498-4', 'Iron', 'ug/dL', 0, 84, 14, [37, 145], [40, 190]),
    test('tibc', '2500-7', 'Iron binding capacity', 'ug/dL', 0, 330, 20, [250, 450], [250, 450]),
    test('ironSaturation', '2502-3', 'Iron saturation', '%', 0, 25, 5, [15, 50], [16, 45]),
  ]),
  thyroid: panel('thyroid', '34532-2', 'Thyroid function panel - Serum or Plasma', [
    {
      ...test('tsh', '3016-3', 'TSH', 'm[IU]/L', 2, 2.1, 0.4, [0.4, 4.5], [0.45, 4.5]),
      limits: { low: 0.01 },
    },
    test('ft4', '3024-7', 'Thyroxine (T4) free', 'ng/dL', 2, 1.15, 0.08, [0.82, 1.77], [0.8, 1.8]),
  ]),
  crp: panel('crp', '1988-5', 'C reactive protein [Mass/volume] in Serum or Plasma', [
    {
      ...test(
        'crp',
        '1988-5',
        'C reactive protein',
        'mg/L',
        1,
        0.6,
        0.5,
        [undefined, 5],
        [undefined, 8],
      ),
      limits: { low: 0.5 },
    },
  ]),
  vitaminD: panel('vitaminD', '1989-3', '25-hydroxyvitamin D3 [Mass/volume] in Serum or Plasma', [
    test('vitaminD', '1989-3', 'Vitamin D, 25-Hydroxy', 'ng/mL', 0, 31, 5, [30, 100], [30, 100]),
  ]),
} as const satisfies Record<string, LabPanel>;

export type PanelKey = keyof typeof labPanels;

/** Results that are words: microbiology, viruses, and dipsticks at the desk. */
export const textTests = [
  {
    loinc: '630-4',
    name: 'Bacteria identified in Urine by Culture',
    results: ['No growth', 'Mixed urogenital flora, <10,000 CFU/mL'],
  },
  {
    loinc: '94500-6',
    name: 'SARS-CoV-2 (COVID-19) RNA in Respiratory specimen',
    results: ['Not detected', 'Not detected', 'Detected'],
  },
  {
    loinc: '6463-4',
    name: 'Streptococcus pyogenes in Throat by Culture',
    results: ['No group A Streptococcus isolated', 'Group A Streptococcus isolated'],
  },
  {
    loinc: '19765-7',
    name: 'Cytology, cervical',
    results: ['Negative for intraepithelial lesion or malignancy'],
  },
] as const;

function panel(key: string, loinc: string, name: string, tests: readonly LabTest[]): LabPanel {
  return { key, loinc, name, tests };
}

function test(
  key: string,
  loinc: string,
  name: string,
  unit: string,
  digits: number,
  usual: number,
  spread: number,
  earlier: Ends,
  later: Ends,
): LabTest {
  return { key, loinc, name, unit, digits, usual, spread, ranges: [range(earlier), range(later)] };
}

function range([low, high]: Ends): Range {
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}
