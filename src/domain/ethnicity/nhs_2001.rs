//! NHS Data Dictionary ETHNIC CATEGORY (2001): sixteen categories and “not stated”, as staff records hold them.
//!
//! A record's second character is local and means nothing outside its organisation: only the first is read.

use super::Group;
use crate::domain::code_list::code_list;

code_list! {
    /// An ethnic category of the NHS Data Dictionary, 2001.
    NhsCategory, "an ethnic category of the NHS Data Dictionary" {
        WhiteBritish = "A", "White – British", "Gwyn – Prydeinig";
        WhiteIrish = "B", "White – Irish", "Gwyn – Gwyddelig";
        WhiteOther = "C", "Any other White background", "Unrhyw gefndir Gwyn arall";
        MixedWhiteAndBlackCaribbean = "D", "Mixed – White and Black Caribbean", "Cymysg – Gwyn a Du Caribïaidd";
        MixedWhiteAndBlackAfrican = "E", "Mixed – White and Black African", "Cymysg – Gwyn a Du Affricanaidd";
        MixedWhiteAndAsian = "F", "Mixed – White and Asian", "Cymysg – Gwyn ac Asiaidd";
        MixedOther = "G", "Any other mixed background", "Unrhyw gefndir cymysg arall";
        AsianIndian = "H", "Asian – Indian", "Asiaidd – Indiaidd";
        AsianPakistani = "J", "Asian – Pakistani", "Asiaidd – Pacistanaidd";
        AsianBangladeshi = "K", "Asian – Bangladeshi", "Asiaidd – Bangladeshaidd";
        AsianOther = "L", "Any other Asian background", "Unrhyw gefndir Asiaidd arall";
        BlackCaribbean = "M", "Black – Caribbean", "Du – Caribïaidd";
        BlackAfrican = "N", "Black – African", "Du – Affricanaidd";
        BlackOther = "P", "Any other Black background", "Unrhyw gefndir Du arall";
        Chinese = "R", "Chinese", "Tsieineaidd";
        OtherAny = "S", "Any other ethnic group", "Unrhyw grŵp ethnig arall";
    }
}

impl NhsCategory {
    /// The group by the 2021 standard, in which Chinese belongs to Asian. Candour's five groups are always these.
    pub fn group(self) -> Group {
        match self {
            Self::Chinese => Group::Asian,
            other => other.group_2001(),
        }
    }

    /// The group by the standard of 2001, in which Chinese belonged to Other.
    pub fn group_2001(self) -> Group {
        match self {
            Self::WhiteBritish | Self::WhiteIrish | Self::WhiteOther => Group::White,
            Self::MixedWhiteAndBlackCaribbean
            | Self::MixedWhiteAndBlackAfrican
            | Self::MixedWhiteAndAsian
            | Self::MixedOther => Group::Mixed,
            Self::AsianIndian | Self::AsianPakistani | Self::AsianBangladeshi | Self::AsianOther => Group::Asian,
            Self::BlackCaribbean | Self::BlackAfrican | Self::BlackOther => Group::Black,
            Self::Chinese | Self::OtherAny => Group::Other,
        }
    }
}
