// Owns how the names of clinics and what people type become words, and which words mean the same: abbreviations that
// American practices use, and the states. Pure.

/**
 * The words of a text: lower case, without accents; `Women’s` is `womens`, `&` is `and`, and letters that stand alone
 * beside each other are one word, so that `P.C.`, `P C` and `PC` are the same.
 */
export function wordsOf(text: string): string[] {
  return text
    .normalize('NFD')
    .replace(/[\p{M}'’`]/gu, '')
    .toLowerCase()
    .replaceAll('&', ' and ')
    .replace(/(?<![\p{L}\p{N}])\p{L}(?:[. ]+\p{L}(?![\p{L}\p{N}]))+/gu, (letters) =>
      letters.replace(/[. ]/g, ''),
    )
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Other ways to write a word; none for most. */
export function sameAs(word: string): readonly string[] {
  return equivalents.get(word) ?? [];
}

/** The words by which a state is looked for: its code and its name, whichever of them a list has. */
export function wordsOfState(state: string): string[] {
  const folded = wordsOf(state).join(' ');
  const code = states.has(folded) ? folded : codeOf.get(folded);
  return code ? [code, ...(states.get(code) ?? '').split(' ')] : folded.split(' ');
}

/** Each line: words of which any two may stand for each other. A word may be on several lines. */
const groups = `
ambulatory amb
associates assoc assocs associate association associated
behavioral behavioural behav bh
building bldg
cardiology cardio cardiac
cardiovascular cv cardiovasc
center ctr centre cntr centers cen
children childrens child peds pediatric pediatrics pediatrician paediatrics paeds ped
chiropractic chiro
clinic cl clin clinics
college coll
community comm cmty comty
company co
consultants consult
corporation corp
counseling counselling
county cnty cty
dental dent dentistry
department dept
dermatology derm
diagnostic diag diagnostics
division div
doctor dr doctors drs
east e
emergency emerg er
endocrinology endo endocrine
family fam fmly
foundation fdn found
fort ft
gastroenterology gastro gi
general gen genl
geriatric geri geriatrics
group grp
gynecology gyn gyne gynecologic gynaecology
health hlth
healthcare hlthcare hc
hematology heme haematology
heights hts
hospital hosp hospitals hsp
imaging img
incorporated inc
infectious inf
institute inst
integrative integr
internal int intl
international intl
laboratory lab labs
management mgmt mgt
medical med
medicine med
memorial mem meml
mental ment
mount mt
mountain mtn mt
national natl
nephrology neph
neurology neuro neurologic
neurosurgery neurosurg
north n
northeast ne
northwest nw
obstetrics ob obs obstetric
occupational occ
oncology onc
ophthalmology ophth ophthal
orthopedics orthopaedics ortho orthopedic orthopaedic
otolaryngology ent oto
partners ptnrs
physical phys
physicians phys physician
physiotherapy pt
plastic plas
podiatry pod
practice pract prac practices
primary prim
professional prof
psychiatry psych psychiatric
psychology psych psychological
pulmonary pulm pulmonology
radiology rad radiologic
regional reg regl
rehabilitation rehab
research rsch
rheumatology rheum
saint st ste
santa sta
services svcs svc serv srvcs service
south s
southeast se
southwest sw
specialists spec specialist specialty spclsts
street st
suite ste
surgery surg surgical surgeons
surgical surg
system sys systems
therapy ther
university univ u
urgent urg
urology uro urologic urological
valley vly vlly
vascular vasc
veterans vet
village vlg
west w
womens wmns women woman womans
`;

const equivalents = new Map<string, string[]>();
for (const line of groups.trim().split('\n')) {
  const group = line.split(' ');
  for (const word of group)
    equivalents.set(word, [
      ...new Set([...(equivalents.get(word) ?? []), ...group.filter((other) => other !== word)]),
    ]);
}

const states = new Map(
  `al alabama,ak alaska,az arizona,ar arkansas,ca california,co colorado,ct connecticut,de delaware,
dc district of columbia,fl florida,ga georgia,hi hawaii,id idaho,il illinois,in indiana,ia iowa,ks kansas,
ky kentucky,la louisiana,me maine,md maryland,ma massachusetts,mi michigan,mn minnesota,ms mississippi,mo missouri,
mt montana,ne nebraska,nv nevada,nh new hampshire,nj new jersey,nm new mexico,ny new york,nc north carolina,
nd north dakota,oh ohio,ok oklahoma,or oregon,pa pennsylvania,pr puerto rico,ri rhode island,sc south carolina,
sd south dakota,tn tennessee,tx texas,ut utah,vt vermont,va virginia,wa washington,wv west virginia,wi wisconsin,
wy wyoming`
    .split(',')
    .map((line) => line.trim())
    .map((line) => [line.slice(0, 2), line.slice(3)] as const),
);
const codeOf = new Map([...states].map(([code, name]) => [name, code]));
