//! Why a question is asked: the pledge prong or workforce race equality indicator that its answers serve.

/// What a question's answers are used for. A question may serve several purposes and serves at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// A prong of the first pledge of NHS England's four pledges (2021).
    Prong(Prong),
    /// An indicator of the Workforce Race Equality Standard.
    Indicator(Indicator),
    /// Equality monitoring: measures nothing itself, lets other answers be compared between groups.
    Monitoring,
}

/// The five prongs of the first pledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Prong {
    /// Understand the population and produce plans together with it.
    UnderstandPopulation,
    /// Maternal mortality, morbidity and experience.
    MaternalOutcomes,
    /// Perinatal mortality and morbidity.
    PerinatalOutcomes,
    /// Support maternity and neonatal staff.
    SupportStaff,
    /// Create the conditions.
    CreateConditions,
}

impl Purpose {
    /// Every purpose that a definition may name.
    pub const ALL: [Self; 15] = [
        Self::Prong(Prong::UnderstandPopulation),
        Self::Prong(Prong::MaternalOutcomes),
        Self::Prong(Prong::PerinatalOutcomes),
        Self::Prong(Prong::SupportStaff),
        Self::Prong(Prong::CreateConditions),
        Self::Indicator(Indicator::WorkforceShares),
        Self::Indicator(Indicator::Appointment),
        Self::Indicator(Indicator::Disciplinary),
        Self::Indicator(Indicator::Training),
        Self::Indicator(Indicator::HarassmentByPublic),
        Self::Indicator(Indicator::HarassmentByStaff),
        Self::Indicator(Indicator::EqualOpportunities),
        Self::Indicator(Indicator::DiscriminationByStaff),
        Self::Indicator(Indicator::Board),
        Self::Monitoring,
    ];

    /// The code that definitions use: `wres5`, `support_staff`, `monitoring`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Prong(prong) => prong.code(),
            Self::Indicator(indicator) => indicator.code(),
            Self::Monitoring => "monitoring",
        }
    }

    /// The purpose with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// The nine indicators of the Workforce Race Equality Standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Indicator {
    /// 1: shares of staff by pay band.
    WorkforceShares,
    /// 2: appointment from shortlisting.
    Appointment,
    /// 3: entering the formal disciplinary process.
    Disciplinary,
    /// 4: non-mandatory training and development.
    Training,
    /// 5: harassment, bullying or abuse by patients, relatives or the public.
    HarassmentByPublic,
    /// 6: harassment, bullying or abuse by staff.
    HarassmentByStaff,
    /// 7: belief in equal opportunities for career progression.
    EqualOpportunities,
    /// 8: discrimination by a manager, team leader or colleague.
    DiscriminationByStaff,
    /// 9: board membership against the workforce.
    Board,
}

impl Indicator {
    /// The indicators that are computed from answers to a question.
    pub const SURVEYED: [Self; 4] =
        [Self::HarassmentByPublic, Self::HarassmentByStaff, Self::EqualOpportunities, Self::DiscriminationByStaff];

    /// The code that definitions use: `wres1` to `wres9`.
    pub fn code(self) -> &'static str {
        match self {
            Self::WorkforceShares => "wres1",
            Self::Appointment => "wres2",
            Self::Disciplinary => "wres3",
            Self::Training => "wres4",
            Self::HarassmentByPublic => "wres5",
            Self::HarassmentByStaff => "wres6",
            Self::EqualOpportunities => "wres7",
            Self::DiscriminationByStaff => "wres8",
            Self::Board => "wres9",
        }
    }
}

impl Prong {
    /// The code that definitions use.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnderstandPopulation => "understand_population",
            Self::MaternalOutcomes => "maternal_outcomes",
            Self::PerinatalOutcomes => "perinatal_outcomes",
            Self::SupportStaff => "support_staff",
            Self::CreateConditions => "create_conditions",
        }
    }
}
