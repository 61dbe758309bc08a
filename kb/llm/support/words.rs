//! The words that the support check treats in their own way. All lists are English, as is the check.

/// Words that only join others, or that any answer may be wrapped in. Taking one away or putting one in does
/// not change what is claimed. Quantities, times, order and obligation are not among them.
pub const GLUE: &str = "\
    a an the this that these those it its they them their theirs you your yours yourself we us our ours i me my \
    he him his she her one's who whom whose which what whatever where how why \
    is are was were be been being am do does did done doing has have had having will would shall can could may \
    might to of in on at for by with from as into onto via through about and or so than also too both either \
    same own such there here please yes just simply well then thus \
    get gets getting got go goes going use uses using used make makes making made let lets want wants wish like \
    know find take takes taking taken do look need needs needed provide provides offer offers \
    if when while whether because since \
    re ve ll s m d e st nd rd th thing things way ways should able kindly sure sorry okay ok note e.g i.e etc";

/// Words that deny. "n't" at the end of a word is one too.
pub const DENY: &str = "\
    not no never none nobody nothing nowhere neither nor without cannot unable non hardly impossible";

/// Words that make an exception; who leaves it out says more than the passage.
pub const EXCEPT: &str = "except excepting excluding unless excluded apart besides";

/// Words that begin a condition. At the end of a sentence it must not be left out.
pub const CONDITION: &str = "if when unless until provided providing once while whenever";

/// What may stand for a condition that is kept in other words.
pub const CONDITIONAL: &str = "if when unless until provided providing once while whenever only with without for after before during \
     within as";

/// Words whose two sides must not be mixed.
pub const SIDES: &str = "unless except because if";

/// Words that set what follows them in an order or a range.
pub const ORDER: &str =
    "before after until till since within over under above below during between behind beyond";

/// Words that speak of all or some of what follows them: "all paid plans" are not "all plans".
pub const QUANTITY: &str = "all every each any some most many few both only either half";

/// Words that make a statement smaller than it would be without them.
pub const NARROW: &str =
    "only usually mostly often sometimes rarely normally generally typically almost";

/// Words that say which ones are meant.
pub const RELATIVE: &str = "that which who whose";

/// Words between two statements: what is denied before them is not denied after them.
pub const PART: &str =
    "but however although though whereas instead because if unless when while until provided";

/// Words at the beginning of a sentence that continues the one before.
pub const BACK: &str = "it this that they these those he she then there both such its their";

/// Words that begin a question with yes or no for an answer.
pub const YES_NO: &str = "\
    do does did can could is are am was were will would shall should may might must have has had don't isn't \
    aren't can't won't";

/// Words that mean the same in what a shop or a product tells its visitors, a group a line.
pub const SAME: &[&str] = &[
    "ship shipping shipment shipped deliver delivery deliveries dispatch send sending sent",
    "buy bought purchase order ordering",
    "mail email mails emails",
    "phone telephone call",
    "photo photograph picture image",
    "begin begins began start starts",
    "end ends finish",
    "delete deletion remove removal erase",
    "choose select pick chosen",
    "press click tap hit",
    "reply respond response answer",
    "shop store",
    "company firm",
    "weekly week weeks",
    "monthly month months",
    "yearly annual annually year years",
    "daily day days",
    "hourly hour hours hrs h",
    "minute minutes min mins",
    "subscription subscribe subscriber",
    "cancellation cancel cancelled canceled",
    "payment pay paid pays paying",
    "require requires required requirement must mandatory",
    "permit permits permitted allow allows allowed permission",
    "refund refunded refunds reimburse",
    "charge charged charges bill billed billing",
    "cost costs price prices priced pricing",
    "till until",
    "every each all",
    "include includes including included contain contains",
    "login log signin",
    "change changing alter modify modification edit",
    "show shows display displays",
    "big large",
    "fast quick quickly",
    "help assist assistance support",
    "person human people",
    "euro euros eur €",
    "dollar dollars usd $",
    "pound pounds gbp £",
    "percent %",
    "kilogram kilograms kg kilo kilos",
    "gigabyte gigabytes gb",
    "megabyte megabytes mb",
    "free gratis",
    "working business",
    "colour color",
    "valid validity",
    "expire expires expiry expired expiration",
    "available availability",
    "renewal renew renews renewed",
    "storage stored",
];

/// Numbers that are written as words.
pub const NUMBERS: &[(&str, &str)] = &[
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("ninety", "90"),
    ("hundred", "100"),
    ("thousand", "1000"),
];
