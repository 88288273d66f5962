// What names of practices and towns are made of. Data only; a name that exists somewhere would be chance.

export const places =
  `Alder Amber Ash Aspen Bayberry Beacon Birch Blue Heron Bramble Briar Brook Butternut Canyon Cardinal
Cedar Chestnut Cider Clear Water Clover Copper Coral Cottonwood Crane Crescent Cypress Dogwood Eagle Elm Evergreen Falcon
Fern Finch Foxglove Garnet Goldenrod Granite Grove Harbor Hawthorn Hazel Heather Hemlock Heritage Hickory Holly Indigo
Ironwood Ivy Juniper Kestrel Lakeside Lantern Larch Laurel Lighthouse Linden Magnolia Maple Marigold Marsh Meadow Mesa
Millstone Mulberry Myrtle Oak Orchard Osprey Palmetto Pebble Pine Pioneer Plum Poplar Prairie Quail Quarry Redwood Ridge
River Robin Rosewood Sage Sandhill Sequoia Silver Slate Sparrow Spruce Starling Sterling Stone Summit Sunrise Sycamore
Tamarack Thistle Timber Trillium Valley Walnut Wheatland Willow Windmill Wren`
    .replace('Blue Heron', 'Heron')
    .replace('Clear Water', 'Clearwater')
    .split(/\s+/);

export const features =
  `Bend Bluff Branch Bridge Canyon Cove Creek Crossing Falls Field Ford Gap Glen Grove Harbor Haven
Heights Hill Hollow Island Junction Lake Landing Meadows Mill Mills Park Pass Point Pond Prairie Ridge River Rock Run
Shore Spring Springs Station Trail Valley View Village Woods`.split(/\s+/);

export const directions = [
  'North',
  'South',
  'East',
  'West',
  'Northeast',
  'Central',
  'Upper',
  'Greater',
];

export const surnames =
  `Abara Adeyemi Ahlberg Alvarado Amundsen Arceneaux Ashworth Babineaux Bakshi Balakrishnan Barnhart
Beauchamp Bergquist Bhatt Blackwood Bohannon Brantley Brisbane Calloway Castellano Chakraborty Chaudhry Colquitt Cordero
Cunningham Dalgaard Delacroix Deshmukh Dombrowski Eastwick Eklund Escobedo Fairbanks Farrokhzad Featherstone Fontenot
Gallegos Ghorbani Goldfarb Guillory Hakimi Halvorsen Hargrove Hathaway Hollingsworth Ibarra Iyengar Jankowski Jorgensen
Kapoor Kavanagh Kessler Kowalczyk Krishnamurthy Landry Langstrom Lindqvist Lombardo Macdougall Malhotra Marchetti Mbeki
Mendenhall Montalvo Nakagawa Narayanan Nightingale Novak Obregon Okafor Okonkwo Oyelaran Padmanabhan Pemberton Pendergast
Petrosyan Quintanilla Rademaker Raghavan Ramachandran Rasmussen Ravenscroft Rosenthal Saavedra Sandoval Satterfield
Shapiro Sivaraman Soderberg Stavropoulos Subramaniam Szymanski Tanaka Tennyson Thibodeaux Trujillo Underhill Vandenberg
Venkatesan Villanueva Wadsworth Wainwright Westergaard Whitcomb Yamamoto Yarbrough Zamora Zielinski`.split(
    /\s+/,
  );

export const givenNames =
  `Aisha Alan Amara Anita Arthur Beatrice Benjamin Carla Carlos Chidi Clara Daniel Deepa Diego Elena
Emeka Esther Farah Felix Grace Hana Harold Imani Ines Ivan Jasmine Joel Kavita Kenji Laila Leon Lucia Marcus Maya Mei
Miriam Nadia Nathan Nora Omar Oscar Paula Priya Rafael Rosa Ruben Samira Sanjay Simone Theo Uma Vera Victor Yusuf Zoe`.split(
    /\s+/,
  );

export const fields = [
  'Family Medicine',
  'Family Practice',
  'Primary Care',
  'Internal Medicine',
  'Pediatrics',
  'Women’s Health',
  'OB/GYN',
  'Obstetrics & Gynecology',
  'Cardiology',
  'Dermatology',
  'Orthopedics',
  'Orthopaedics & Sports Medicine',
  'Gastroenterology',
  'Endocrinology',
  'Neurology',
  'Urology',
  'Nephrology',
  'Pulmonology',
  'Rheumatology',
  'Oncology',
  'Hematology and Oncology',
  'Ophthalmology',
  'Eye Care',
  'Ear, Nose & Throat',
  'Allergy & Asthma',
  'Behavioral Health',
  'Psychiatry',
  'Counseling',
  'Pain Management',
  'Physical Therapy',
  'Podiatry',
  'Foot & Ankle',
  'Surgery',
  'Plastic Surgery',
  'Vascular',
  'Urgent Care',
  'Walk-In Care',
  'Wellness',
  'Integrative Medicine',
  'Geriatrics',
  'Infectious Disease',
  'Sleep Medicine',
  'Chiropractic',
  'Imaging',
] as const;

export const houses = [
  'Center',
  'Clinic',
  'Associates',
  'Group',
  'Specialists',
  'Partners',
  'Practice',
  'Physicians',
  'Institute',
  '',
  '',
] as const;

export const institutions = [
  'Medical Center',
  'Community Health Center',
  'Medical Group',
  'Health',
  'Healthcare',
  'Memorial Hospital',
  'Regional Hospital',
  'County Health Department',
  'Medical Associates',
  'Health Partners',
] as const;

export const forms = ['', '', '', '', ', LLC', ', PC', ', PLLC', ' Inc', ', PA', ', P.C.'] as const;
export const degrees = ['MD', 'DO', 'MD, PC', 'MD LLC', 'NP', 'MD, PA'] as const;

/** States with the first three digits of some of their postal codes, from and to. */
export const states =
  `AL 350 369,AZ 850 865,AR 716 729,CA 900 961,CO 800 816,CT 060 069,FL 320 349,GA 300 319,ID 832 838,
IL 600 629,IN 460 479,IA 500 528,KS 660 679,KY 400 427,LA 700 714,ME 039 049,MD 206 219,MA 010 027,MI 480 499,MN 550 567,
MS 386 397,MO 630 658,MT 590 599,NE 680 693,NV 889 898,NH 030 038,NJ 070 089,NM 870 884,NY 100 149,NC 270 289,ND 580 588,
OH 430 458,OK 730 749,OR 970 979,PA 150 196,RI 028 029,SC 290 299,SD 570 577,TN 370 385,TX 750 799,UT 840 847,VT 050 059,
VA 220 246,WA 980 994,WV 247 268,WI 530 549,WY 820 831`
    .split(',')
    .map((line) => {
      const [code = '', from = '', to = ''] = line.trim().split(' ');
      return { code, from: Number(from), to: Number(to) };
    });
