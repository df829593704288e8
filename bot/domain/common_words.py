"""Everyday English: which words say little about the subject, and which are too well known to be misspellings.

Compiled by hand for this project. It stands in for a frequency list: a word that is not here and not in the knowledge
base is rare, so it is probably what the question is about.
"""

from __future__ import annotations


def word_set(spaced: str) -> frozenset[str]:
    """The words of a text that has nothing but words and spaces."""
    return frozenset(spaced.split())


STOP_WORDS = word_set(
    """
    a about after again all also although am an and any anybody anyone anything are aren't as at be because been
    before being both but by can can't cannot could couldn't did didn't do does doesn't doing don't dont down during
    each either else etc even ever every for from further get gets getting go goes going gonna got gotta had hadn't
    has hasn't have haven't having he he's her here hers herself hi him himself his how however i i'd i'll i'm i've
    if in into is isn't it it'd it'll it's its itself just kind let lets like lot lots many may maybe me might mine
    more most much must my myself no nor not now of off oh ok okay on once one only or other others our ours out
    over own perhaps please quite rather really same say says shall she she's should shouldn't since so some
    somebody someone something sort still such than thank thanks that that's the their theirs them themselves then
    there there's these they they're thing things this those though through to too under until up upon us very was
    wasn't we we're well were weren't what what's when where which while who who's whom whose why will with within
    without won't would wouldn't yes yet you you're your yours yourself
    """
)

QUESTION_WORDS = word_set("what how when where why who which whose whom")

COMMON_WORDS = STOP_WORDS | word_set(
    """
    able above accept access accident according account across act action active activity actual actually add
    address admit adult advice advise afford afraid afternoon age ago agree ahead air alcohol alive allow allowed
    almost alone along already alright always amazing among amount angry animal another answer answers anymore
    anyway anywhere apart apparently appear apply appointment appointments appreciate approach area arm arms around
    arrange arrive ask asked asking asleep ate attack attempt attention aunt available average avoid awake aware
    away awful baby back bad badly bag ball band bank bar bare base based basic basically bath bathroom battle beach
    bear beard beat beautiful became become bed bedroom beef been beer began begin beginning begun behind believe
    bell belly belong below belt bend bending beneath beside besides best bet better between beyond big bike bill
    bills birth birthday bit bite bits black blame blank blanket bless blessed blind block blond blood blow blue
    board boat bodies body boil bone bones book booked booking books born boss bother bottle bottom bought bowl box
    boy boys brain brake branch brave bread break breakfast breaking breast breath breathe breathing breed bright
    bring brings broke broken brother brought brown brush build building bunch burn burning bus business busy butter
    button buy buying cake call called calling calls calm came camera cancel cancelled cant car card care careful
    carefully cares carry carrying cars case cases cash cat catch caught cause caused causes causing cell center
    centre certain certainly chair chairs chance chances change changed changes changing charge charged chart chat
    cheap cheat check checked checking cheer cheers chess chest chew chicken child children choice choices choose
    chose chosen church city class clean cleaned cleaning clear clearly clinic close closed clothes cloud club coast
    coat coffee cold collect college color colour come comes comfort comfortable coming common companies company
    compare compared complain complete completely computer concern concerned concerns condition conditions confirm
    confused connect consider considered consult contact contain content continue control cook cooking cool copy
    corner correct cost costs couch cough count country couple course cousin cover covered crack crash crazy cream
    create cross crowd cry crying cup cure curious current currently cut cuts cutting dad daily damage dance dancing
    danger dangerous dare dark date dates daughter day days dead deaf deal dealing dear death decide decided
    decision deep deeply definitely degree degrees delay delayed delete deliver dental dentist department depend
    depends depressed describe desk despite detail details develop did diet difference different difficult
    difficulty dinner direct direction directly dirty disappear discuss discussed disease disk distance divorce
    dizzy doctor doctors document dog dogs done door doors double doubt downstairs dr draw drawing dream dress drink
    drinking drinks drive driver driving drop dropped drops drove dry due dull dumb dump dying ear early earn ears
    earth ease easier easily east easy eat eating edge effect effects effort eight elbow elderly eleven email
    emergency emotional empty encourage end ended ending energy engine english enjoy enough enter entire entirely
    entry equal error especially evening event events eventually everybody everyday everyone everything everywhere
    exact exactly exam example except exciting excuse exercise exercises exhausted exist expect expected expecting
    expensive experience experienced explain explained explains express extra extremely eye eyes face fact facts
    fail failed fair fairly fall fallen falling falls false familiar family famous far farm fast fat father fault
    fear fed fee feed feel feeling feelings feels feet fell felt female few field fifteen fifth fifty fight figure
    file fill filled film final finally find finding fine finger fingers finish finished fire first fish fit fitness
    five fix fixed flat flight floor flow flower fly flying focus folks follow followed following food foot football
    force forget forgot form forms forth forty forward found four fourth free freeze fresh friend friendly friends
    front frustrated full fully fun funny future gain game games garden gas gate gather gave general generally
    gentle gently girl girls give given gives giving glad glass gone good grab grade grain grand grandma grandmother
    grass grateful gray great green grew grey ground group groups grow growing guess guest guide gun guy guys gym
    habit hair half hall hand handle hands happen happened happening happens happy hard hardly harm hat hate head
    heal healed healing health healthy hear heard hearing heart heat heavy heel height held hell hello help helped
    helpful helping helps hence hey hide high higher hill hip hire history hit hold holding hole holiday holidays
    home honest honestly hope hopefully hoping horrible horse hospital hot hour hours house household hug huge human
    hundred hungry hunt hurry hurt hurting hurts husband ice idea ideas ignore ill illness imagine immediately
    important impossible improve improved improving inch inches include included including increase increased indeed
    info inform information injury inside instead insurance interest interested interesting issue issues item job
    jobs join joined joint joke journey joy judge juice jump june keep keeping keeps kept key kick kid kids kill
    killed killing kinda kinds king kiss kitchen knee knees knew knock know knowing known knows lack lady laid lake
    land language large last lasted lasting late lately later laugh law lawyer lay laying lazy lead leader learn
    learned learning least leave leaves leaving led left leg legal legs less lesson letter letters letting level
    levels library lie lies life lift lifted lifting light lights likely limit line lines lip list listen little
    live lived lives living load loan local lock log lonely long longer look looked looking looks loose lose losing
    loss lost loud love loved lovely low lower luck lucky lunch lung lying machine mad made mail main mainly make
    makes making male man manage map march mark married massage mate matter matters meal meals mean meaning means
    meant measure meat media medical medicine meet meeting member members memory men mental mention mentioned mess
    message met metal middle mile miles milk mind minor minute minutes mirror miss missed missing mistake mix mixed
    mobile model modern mom moment monday money month months mood moon morning mostly mother mouth move moved
    movement moves moving movie mr mrs mum muscle muscles music name named names narrow natural naturally near
    nearly neat necessary neck need needed needing needs negative neighbor neighbour neither nerve nervous net never
    new news newspaper next nice night nights nine nobody noise none noon normal normally north nose note notes
    nothing notice noticed nowhere number numbers nurse obvious obviously occur odd offer offered office officer
    often oil old older ones online onto open opened opening operate operation opinion opinions opposite option
    options order ordered ordinary original otherwise ought ours outside overall owe oxygen pack packed page paid
    pain painful pains paint pair paper papers parent parents park part partner parts party pass passed past path
    patient patients pay paying payment peace pen people per perfect perfectly perform period permanent person
    personal phone photo physical pick picked picture piece pieces pillow pillows place places plain plan plane
    planned planning plans plant plate play played player playing pleasant pleased plenty plus point points police
    poor pop popular position positions positive possible possibly post posted pounds power practice practise pray
    prefer pregnancy pregnant prepare prepared present press pressure pretty prevent previous price private probably
    problem problems procedure procedures process produce product program progress promise proper properly protect
    proud prove provide public pull pulled pulling pure purpose push pushed pushing put puts putting quality
    question questions quick quickly quiet quit race rain raise raised ran random range rare rate reach reached
    reaction read reading ready real realise realize reason reasons receive received recent recently recommend
    recommended record records recover recovered recovering recovery red reduce refer referral refuse regard
    regarding regular regularly related relationship relax release relief relieve remain remember remind remove
    removed rent repeat replace reply report reports request require required research respond response responsible
    rest resting result results return returned ribs rice rich rid ride riding right ring rise risk risks risky
    river road rock role roll room rooms rose rough round row rub rude ruin rule rules run running runs rush sad
    safe safely safety said sake salt sat save saw saying scale scan scare scared scary school score scream screen
    sea search seat second secret section see seeing seek seem seemed seems seen self sell send sending sense
    sensitive sent sentence separate serious seriously serve service services session set setting settle seven
    several severe sex sexual shade shake shape share sharp shift ship shirt shock shoe shoes shop shopping short
    shot shots shoulder shoulders shout show showed shower showering showing shows shut sick side sides sight sign
    signs similar simple simply sing single sink sir sister sit site sits sitting situation six sixty size skill
    skin skip sky sleep sleeping sleeps slept slight slightly slip slipped slow slowly small smart smell smile smoke
    smoker smoking smooth snow soap social socks sofa soft sold solid solution solve somehow sometime sometimes
    somewhere son song soon sorry soul sound sounds south space spare speak special specialist specific speech speed
    spend spent spirit split spoke sport sports spot spread spring square staff stage stair stairs stand standing
    stands star start started starting starts state states station stay stayed staying steady steel steep step steps
    stick stiff stock stomach stone stood stop stopped stopping stops store storm story straight strange street
    strength stress stressed stretch stretching strike strong struggle struggling stuck student study stuff stupid
    style subject succeed success successful sudden suddenly suffer suffered suffering sugar suggest suggested
    suggestion suggestions suit summer sun support supported supporting suppose supposed sure surface surgery
    surprise swear sweat sweet swell swim swimming switch symptom symptoms system table tablet tail take taken takes
    taking talk talked talking tall tape task taste taught tea teach teacher team tear tears teeth telephone
    television tell telling ten tend term terms terrible terribly terrified test tests text thank thick thigh thin
    think thinking third thirty thought thoughts thousand threat three threw throat throw throwing thumb tight till
    time times tip tired title today toe toes together toilet told tomorrow tongue tonight took tool tooth top total
    totally touch tough tour towards towel town track trade train training transfer travel travelling treat treated
    treatment treatments tree trial trick tried trip trips trouble truck true truly trust truth try trying tuesday
    turn turned turning tv twelve twenty twice twin twist two type types typical typically ugly uncle understand
    understanding unfortunately unless unlikely unsure upper upset upstairs urgent use used useful useless user uses
    using usual usually vacation value van various vehicle version via view village visit visited visiting visits
    voice voices volume vote wait waited waiting wake wakes waking walk walked walking walks wall want wanted
    wanting wants war warm warn warning wash washing waste watch watched watching water wave way ways weak wear
    wearing weather wednesday week weekend weekly weeks weight weird welcome west wet whatever wheel whenever
    wherever whether white whoever whole wide wife wild win wind window wine winter wise wish woke woman women won
    wonder wonderful wondering wood word words wore work worked worker working works world worn worried worries
    worry worrying worse worst worth wow wrap wrist write writing written wrong wrote yard yeah year years yellow
    yep yesterday young younger zero zone january february april may july august september october november december
    thursday friday saturday sunday million anyones everyones patient's doctor's surgeon's husband's wife's mom's
    dad's mum's bothered bothers bothering cancelling cheque choke clot clots dose doses drug drugs drunk dies die
    died flood forever leak leaks leaking lump meds numb pill pills plaster pump pus rash rust sore stab stitch
    stitches stool sting stroke swallow swollen tablets thirst throb tilt tingle tingling trap vein vomit wobble
    wobbly wound wounds yawn bruise bruises itch itching itchy cramp cramps ache aches aching fever chills sweats
    plastic spine spinal sprain nurses surgeon surgeons operations bleeding bleed bleeds clothe lets whats wheres
    hows whos thats theres heres id ive im youre theyre hes shes were isnt arent surgical removal faster slower
    builder builders heavier lighter longest shortest quickest wasnt nerves tips tops vaping ripped tapped dripped
    gripped flipped skipped painting blending breeding joking stolen strokes sneezing freezing grasping dozing
    sweeping raining straining fewer filling skiing drying dyeing banging shooting tables piles drooling blurred
    blurry fusing enable breadth ladder vowel bowls groan bead lamp stamp casting roasting posting boasting pouring
    boring scoring storing tearing bearing gearing cheering steering choosing closing dusting testing listing
    twisting leaning hitting fitting betting wetting petting netting wiping piping typing rolling failing sailing
    mailing nailing tailing filing smiling piling tiling kissing passing gassing noting voting quoting dating rating
    hating skating grating plating slating stating weeding seeding feeding leading heading loading wealthy stealthy
    plants pants paints joints prints hints mints tints muffin raisin basin cabin robin satin ward wards torn horn
    corn werent doesnt didnt dont hasnt havent hadnt wont wouldnt couldnt shouldnt mustnt
    """
)
"""Too well known to be taken for a misspelling of another word, and light in weight."""
