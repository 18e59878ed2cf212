//! The coarse levels: five groups, and White against minority ethnic.

use crate::domain::code_list::code_list;

code_list! {
    /// The five groups of the 2021 standard. In 2001 Chinese stood in Other; see [`super::NhsCategory::group_2001`].
    Group, "an ethnic group" {
        White = "white", "White", "Gwyn";
        Mixed = "mixed", "Mixed or multiple ethnic groups", "Grwpiau cymysg neu amlethnig";
        Asian = "asian", "Asian, Asian British or Asian Welsh", "Asiaidd, Asiaidd Cymreig neu Asiaidd Prydeinig";
        Black = "black", "Black, Black British, Black Welsh, Caribbean or African",
            "Du, Du Cymreig, Du Prydeinig, Caribïaidd neu Affricanaidd";
        Other = "other", "Other ethnic group", "Grŵp ethnig arall";
    }
}

code_list! {
    /// The upper level of publication.
    Upper, "an upper ethnic group" {
        White = "white", "White", "Gwyn";
        MinorityEthnic = "minority_ethnic", "Minority ethnic", "Lleiafrifoedd ethnig";
        NotStated = "not_stated", "Not stated", "Heb ei nodi";
    }
}

impl Group {
    /// The heading that ONS gives the group.
    pub fn ons_heading(self) -> &'static str {
        match self {
            Self::White => "White",
            Self::Mixed => "Mixed or Multiple ethnic groups",
            Self::Asian => "Asian, Asian British or Asian Welsh",
            Self::Black => "Black, Black British, Black Welsh, Caribbean or African",
            Self::Other => "Other ethnic group",
        }
    }

    /// White, or minority ethnic.
    pub fn upper(self) -> Upper {
        if self == Self::White { Upper::White } else { Upper::MinorityEthnic }
    }
}
