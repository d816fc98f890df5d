"""The buildings of Wealdmere, one a line: id, town, kind, partner, spot in town, gross m2, tenure, name.

Spot: c centre, i inner, d poor quarter, s the other side, e edge, v village. Tenure: F freehold, L leasehold, C licence
and P private finance contract; ``L:hvdc`` = let by partner hvdc. Ids with ``-old-`` or ``-empty-`` stand empty,
``new-`` are candidates, ``ext-`` belong to others. Nothing here exists.
"""

from __future__ import annotations

BUILDINGS_TABLE = """
har-county-hall     |har|head_office   |wcc |c|11200|F     |County Hall
har-priory-house    |har|office        |wcc |c|3200 |L     |Priory House
har-meadow-house    |har|office        |wcc |i|1750 |L     |Meadow House
har-record-store    |har|depot         |wcc |e|1200 |F     |County Record Store
har-library         |har|library       |wcc |c|2400 |F     |Harrowmere Central Library
har-library-east    |har|library       |wcc |d|420  |F     |Poolside Library
har-library-west    |har|library       |wcc |s|360  |F     |Westmere Library
har-children-1      |har|children      |wcc |d|460  |F     |Poolside Children's Centre
har-children-2      |har|children      |wcc |i|420  |F     |Mere Road Children's Centre
har-children-3      |har|children      |wcc |s|380  |L     |Westmere Children's Centre
har-youth           |har|youth         |wcc |i|680  |F     |The Foundry Youth Centre
har-register        |har|register      |wcc |c|540  |F     |Harrowmere Register Office
har-jobcentre       |har|jobcentre     |wcc |c|1500 |L     |Harrowmere Jobcentre
har-day-centre      |har|day_centre    |wcc |i|900  |F     |Larkfield Day Centre
har-civic           |har|civic         |hvdc|c|5200 |F     |Harrow Vale Civic Centre
har-exchange        |har|office        |hvdc|c|1400 |L     |Exchange House
har-depot           |har|depot         |hvdc|e|2400 |F     |Millstream Depot
har-general         |har|hospital      |wht |e|38000|P     |Harrowmere General Hospital
har-trinity         |har|office        |wht |c|2300 |L     |Trinity Court
har-health-1        |har|health_centre |wcht|c|1900 |F     |Harrowmere Health Centre
har-health-2        |har|health_centre |wcht|d|2400 |P     |Poolside Health Centre
har-wcht-office     |har|office        |wcht|i|1600 |L     |Kestrel House
har-gp-1            |har|gp            |wcht|c|720  |L     |Market Street Surgery
har-gp-2            |har|gp            |wcht|i|680  |F     |Larkfield Surgery
har-gp-3            |har|gp            |wcht|s|740  |L:mh  |Westmere Surgery
har-gp-4            |har|gp            |wcht|i|560  |F     |Bridge Surgery
har-police-hq       |har|police_hq     |wpol|e|7400 |F     |Wealdmere Police Headquarters
har-police          |har|police_station|wpol|c|3600 |F     |Harrowmere Police Station
har-unit-7          |har|office        |wpol|i|480  |L     |Wealdmere Police Unit 7
har-fire-hq         |har|head_office   |wfrs|e|2600 |F     |Fire and Rescue Headquarters
har-fire            |har|fire_station  |wfrs|i|1500 |F     |Harrowmere Fire Station
har-mh-hq           |har|office        |mh  |c|1700 |F     |Mereside House
har-mh-office       |har|housing       |mh  |d|520  |F     |Poolside Housing Office
har-wcht-suite      |har|clinic        |wcht|c|420  |L:wcc |Priory House: Health Suite
ash-area-office     |ash|one_stop      |wcc |c|3400 |F     |Ashenford Area Office
ash-library         |ash|library       |wcc |c|1300 |F     |Ashenford Library
ash-library-south   |ash|library       |wcc |d|340  |F     |Brookside Library
ash-children-1      |ash|children      |wcc |d|440  |F     |Brookside Children's Centre
ash-children-2      |ash|children      |wcc |i|380  |F     |Ashenford Children's Centre
ash-youth           |ash|youth         |wcc |i|560  |F     |Ashenford Youth Centre
ash-register        |ash|register      |wcc |c|380  |F     |Ashenford Register Office
ash-jobcentre       |ash|jobcentre     |wcc |c|1250 |L     |Ashenford Jobcentre
ash-day-centre      |ash|day_centre    |wcc |i|700  |F     |Ashenford Day Centre
ash-civic           |ash|civic         |addc|c|3900 |F     |Ashen Downs Council Offices
ash-annexe          |ash|office        |addc|c|1100 |L     |Corn Hall Annexe
ash-depot           |ash|depot         |addc|e|1900 |F     |Ashenford Depot
ash-hospital        |ash|hospital      |wht |e|12500|F     |Ashenford Hospital
ash-health          |ash|health_centre |wcht|c|1700 |F     |Ashenford Health Centre
ash-wcht-office     |ash|office        |wcht|c|1150 |L     |Kiln Court
ash-wcht-suite      |ash|clinic        |wcht|c|360  |L:addc|Council Offices: Health Suite
ash-gp-1            |ash|gp            |wcht|i|640  |F     |Ashenford Family Practice
ash-gp-2            |ash|gp            |wcht|d|620  |L     |Brookside Surgery
ash-gp-3            |ash|gp            |wcht|s|560  |F     |Hilltop Surgery
ash-police          |ash|police_station|wpol|c|2200 |F     |Ashenford Police Station
ash-fire            |ash|fire_station  |wfrs|i|1100 |F     |Ashenford Fire Station
ash-mh-office       |ash|housing       |mh  |c|520  |L     |Ashenford Housing Office
bra-one-stop        |bra|one_stop      |wcc |c|1500 |F     |Brackenholt One Stop Shop
bra-library         |bra|library       |wcc |c|700  |F     |Brackenholt Library
bra-children        |bra|children      |wcc |d|400  |F     |Brackenholt Children's Centre
bra-youth           |bra|youth         |wcc |i|480  |F     |Brackenholt Youth Club
bra-jobcentre       |bra|jobcentre     |wcc |c|820  |L:hvdc|Brackenholt Jobcentre
bra-hvdc-office     |bra|office        |hvdc|c|950  |F     |Brackenholt District Office
bra-health          |bra|health_centre |wcht|i|1350 |F     |Brackenholt Health Centre
bra-gp-1            |bra|gp            |wcht|c|540  |L     |Guildhall Surgery
bra-gp-2            |bra|gp            |wcht|s|500  |F     |Station Road Surgery
bra-police          |bra|police_station|wpol|c|980  |F     |Brackenholt Police Station
bra-fire            |bra|fire_station  |wfrs|i|820  |F     |Brackenholt Fire Station
bra-mh-office       |bra|housing       |mh  |c|440  |L     |Brackenholt Housing Office
tar-one-stop        |tar|one_stop      |wcc |c|1300 |L     |Tarnbury Gateway
tar-library         |tar|library       |wcc |c|640  |F     |Tarnbury Library
tar-children        |tar|children      |wcc |d|380  |F     |Tarnbury Children's Centre
tar-youth           |tar|youth         |wcc |i|420  |L:addc|Tarnbury Youth Centre
tar-register        |tar|register      |wcc |c|320  |F     |Tarnbury Register Office
tar-jobcentre       |tar|jobcentre     |wcc |c|760  |L     |Tarnbury Jobcentre
tar-addc-office     |tar|office        |addc|c|900  |F     |Tarnbury Council Offices
tar-health          |tar|health_centre |wcht|c|1200 |F     |Tarnbury Health Centre
tar-gp-1            |tar|gp            |wcht|i|520  |F     |Abbey Surgery
tar-gp-2            |tar|gp            |wcht|d|480  |L     |Canal Side Surgery
tar-police          |tar|police_station|wpol|c|900  |F     |Tarnbury Police Station
tar-fire            |tar|fire_station  |wfrs|i|780  |F     |Tarnbury Fire Station
mil-one-stop        |mil|one_stop      |wcc |c|1150 |F     |Millscombe One Stop Shop
mil-library         |mil|library       |wcc |c|520  |F     |Millscombe Library
mil-children        |mil|children      |wcc |d|360  |F     |Millscombe Children's Centre
mil-register        |mil|register      |wcc |c|300  |C:mh  |Millscombe Register Office
mil-jobcentre       |mil|jobcentre     |wcc |c|640  |L     |Millscombe Jobcentre
mil-health          |mil|health_centre |wcht|c|1050 |F     |Millscombe Health Centre
mil-gp              |mil|gp            |wcht|d|460  |F     |Weir Surgery
mil-police          |mil|police_station|wpol|c|700  |F     |Millscombe Police Station
mil-fire            |mil|fire_station  |wfrs|i|680  |F     |Millscombe Fire Station
mil-mh-office       |mil|housing       |mh  |c|460  |F     |Millscombe Housing Office
oxw-library         |oxw|library       |wcc |c|400  |F     |Oxwell Library
oxw-children        |oxw|children      |wcc |d|340  |F     |Oxwell Children's Centre
oxw-clinic          |oxw|clinic        |wcht|c|620  |F     |Oxwell Clinic
oxw-gp              |oxw|gp            |wcht|c|520  |L     |Priory Surgery
oxw-police          |oxw|police_post   |wpol|c|320  |F     |Oxwell Police Office
oxw-fire            |oxw|fire_station  |wfrs|i|620  |F     |Oxwell Fire Station
oxw-office          |oxw|one_stop      |wcc |c|640  |F     |Oxwell County Office
sal-library         |sal|library       |wcc |c|340  |F     |Sallowby Library
sal-clinic          |sal|clinic        |wcht|c|520  |F     |Sallowby Clinic
sal-gp              |sal|gp            |wcht|c|480  |F     |Sallowby Surgery
sal-police          |sal|police_post   |wpol|c|280  |C:wfrs|Sallowby Police Office
sal-fire            |sal|fire_station  |wfrs|c|600  |F     |Sallowby Fire Station
sal-hvdc-office     |sal|civic         |hvdc|c|520  |F     |Sallowby Town Office
elm-library         |elm|library       |wcc |v|220  |F     |Elmcote Library
elm-gp              |elm|gp            |wcht|v|400  |F     |Elmcote Surgery
elm-fire            |elm|fire_station  |wfrs|v|420  |F     |Elmcote Fire Station
qui-library         |qui|library       |wcc |v|200  |C     |Nether Quill Library
qui-gp              |qui|gp            |wcht|v|360  |F     |Nether Quill Surgery
tho-library         |tho|library       |wcc |v|210  |F     |Thornhay Library
tho-gp              |tho|gp            |wcht|v|380  |L     |Thornhay Surgery
tho-fire            |tho|fire_station  |wfrs|v|400  |F     |Thornhay Fire Station
sor-library         |sor|library       |wcc |v|190  |F     |Great Sorrel Library
sor-gp              |sor|gp            |wcht|v|350  |F     |Great Sorrel Surgery
pen-library         |pen|library       |wcc |v|230  |F     |Pennymarsh Library
pen-gp              |pen|gp            |wcht|v|400  |F     |Pennymarsh Surgery
pen-fire            |pen|fire_station  |wfrs|v|430  |F     |Pennymarsh Fire Station
ald-library         |ald|library       |wcc |v|240  |F     |Cold Aldwick Library
ald-gp              |ald|gp            |wcht|v|420  |F     |Cold Aldwick Surgery
ald-police          |ald|police_post   |wpol|v|240  |F     |Cold Aldwick Police Office
ald-fire            |ald|fire_station  |wfrs|v|430  |F     |Cold Aldwick Fire Station
wre-library         |wre|library       |wcc |v|180  |F     |Wrenstow Library
wre-gp              |wre|gp            |wcht|v|340  |F     |Wrenstow Surgery
tam-library         |tam|library       |wcc |v|200  |F     |Lower Tamsin Library
tam-gp              |tam|gp            |wcht|v|360  |F     |Lower Tamsin Surgery
mar-library         |mar|library       |wcc |v|210  |F     |Marlhurst Library
mar-gp              |mar|gp            |wcht|v|370  |F     |Marlhurst Surgery
mar-fire            |mar|fire_station  |wfrs|v|420  |F     |Marlhurst Fire Station
qua-library         |qua|library       |wcc |v|220  |F     |Quarrendene Library
qua-gp              |qua|gp            |wcht|v|380  |F     |Quarrendene Surgery
qua-children        |qua|children      |wcc |v|280  |F     |Quarrendene Children's Centre
hob-library         |hob|library       |wcc |v|210  |F     |Hobbs Lacey Library
hob-gp              |hob|gp            |wcht|v|380  |F     |Hobbs Lacey Surgery
hob-police          |hob|police_post   |wpol|v|220  |F     |Hobbs Lacey Police Office
hob-fire            |hob|fire_station  |wfrs|v|410  |F     |Hobbs Lacey Fire Station
dun-library         |dun|library       |wcc |v|190  |F     |Dunmarrow Library
dun-gp              |dun|gp            |wcht|v|350  |F     |Dunmarrow Surgery
sta-library         |sta|library       |wcc |v|200  |F     |Stanwater Library
sta-gp              |sta|gp            |wcht|v|360  |L     |Stanwater Surgery
fal-library         |fal|library       |wcc |v|180  |F     |Fallowick Library
fal-gp              |fal|gp            |wcht|v|350  |F     |Fallowick Surgery
ive-gp              |ive|gp            |wcht|v|370  |F     |Ivelthorpe Surgery
ive-fire            |ive|fire_station  |wfrs|v|410  |F     |Ivelthorpe Fire Station
ske-library         |ske|library       |wcc |v|190  |F     |Skerrow Library
upb-gp              |upb|gp            |wcht|v|340  |F     |Upper Bracken Surgery
har-old-library     |har|library       |wcc |c|950  |F     |Old Carnegie Library
ash-old-clinic      |ash|clinic        |wcht|i|640  |F     |Victoria Clinic
bra-old-depot       |bra|depot         |hvdc|e|1100 |F     |Canal Wharf Depot
tar-old-police      |tar|police_post   |wpol|i|380  |F     |Old Police House
mil-old-school      |mil|children      |wcc |i|560  |F     |Weir Lane School House
ash-empty-office    |ash|office        |wcc |i|900  |L     |Station Approach
new-har-hub         |har|one_stop      |wcc |c|4200 |F     |Harrowmere Public Service Hub
new-ash-health      |ash|health_centre |wcht|c|2800 |F     |Ashenford Neighbourhood Health Centre
new-bra-village     |bra|one_stop      |hvdc|c|2200 |F     |Brackenholt Public Service Village
new-tar-blue        |tar|police_station|wfrs|i|1400 |F     |Tarnbury Blue Light Centre
new-mil-hub         |mil|one_stop      |wcc |c|1200 |L     |Millscombe Library Hub
ext-ive-library     |ive|library       |wcc |v|120  |F     |Ivelthorpe Community Library
ext-upb-library     |upb|library       |wcc |v|110  |F     |Upper Bracken Community Library
"""
