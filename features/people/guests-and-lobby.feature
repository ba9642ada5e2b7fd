Feature: A guest, and the lobby
  A bot that joins as a guest is shown as that guest. Whether it waits in the lobby is the tenant's setting; in the lobby it
  sees only itself until a person admits it.

  @CC-60 @joins @needs:lobby-held
  Scenario: The roster shows the guest as the request named it
    Given guests stay in the lobby of the channel meeting
    When the bot joins the channel meeting as a guest
    Then the roster shows the bot with:
      | property                        | value            |
      | info/identity/guest/id          | the guest's id   |
      | info/identity/guest/displayName | the guest's name |

  @CC-61 @joins @needs:lobby-held
  Scenario: A guest who is held waits in the lobby
    Given guests stay in the lobby of the channel meeting
    When the bot joins the channel meeting as a guest
    Then the roster shows the bot with:
      | property  | value                    |
      | isInLobby | yes                      |
      | id        | the bot's participant id |

  @CC-62 @joins @needs:lobby-held @needs:second-participant
  Scenario: A guest in the lobby sees no other participant
    Given John is in the channel meeting
    And guests stay in the lobby of the channel meeting
    When the bot joins the channel meeting as a guest
    Then the bot is notified:
      | of     | change  | state        | who     | in the lobby |
      | call   | updated | establishing |         |              |
      | roster | updated |              | the bot | yes          |
    And nothing else is notified

  @CC-62 @joins @needs:lobby-held @needs:second-participant
  Scenario: A guest in the lobby is not notified of who joins the meeting
    Given John is in the channel meeting
    And guests stay in the lobby of the channel meeting
    And the bot is in the lobby of the channel meeting
    When Dora joins the channel meeting
    Then the bot is notified:
      | of     | change  | state        | who     | in the lobby |
      | call   | updated | establishing |         |              |
      | roster | updated |              | the bot | yes          |
    And nothing else is notified

  @CC-63 @joins @needs:lobby-held @needs:second-participant
  Scenario: An admitted guest is out of the lobby and sees everybody
    Given John is in the channel meeting
    And John admits guests from the lobby of the channel meeting
    When the bot joins the channel meeting as a guest
    Then the bot is notified:
      | of     | change  | state        | who           | in the lobby |
      | call   | updated | establishing |               |              |
      | roster | updated |              | the bot       | yes          |
      | call   | updated | established  |               |              |
      | roster | updated |              | John, the bot | no           |
    And nothing else is notified

  @CC-64 @joins @needs:lobby-open @needs:second-participant
  Scenario: A meeting that admits guests lets them in at once
    Given John is in the open channel meeting
    When the bot joins the open channel meeting as a guest
    Then the bot is notified:
      | of     | change  | state        | who           | in the lobby |
      | call   | updated | establishing |               |              |
      | call   | updated | established  |               |              |
      | roster | updated |              | John, the bot | no           |
    And nothing else is notified

  @CC-65 @joins @needs:lobby-held @needs:second-participant
  Scenario: The call of a guest who is refused ends
    Given John is in the channel meeting
    And John refuses guests from the lobby of the channel meeting
    When the bot joins the channel meeting as a guest
    Then the bot is notified:
      | of     | change  | state        | who     | in the lobby |
      | call   | updated | establishing |         |              |
      | roster | updated |              | the bot | yes          |
      | call   | deleted | terminated   |         |              |
    And nothing else is notified
    And the call says how it ended

  # The limit and its result code are documented; its length is not.
  @CC-65 @joins @needs:lobby-held @assumption
  Scenario: The call of a guest who waits too long ends
    Given guests stay in the lobby of the channel meeting
    When the bot joins the channel meeting as a guest
    Then the bot is notified within 45 minutes:
      | of     | change  | state        | who     | in the lobby |
      | call   | updated | establishing |         |              |
      | roster | updated |              | the bot | yes          |
      | call   | deleted | terminated   |         |              |
    And the call says that it ended with 200 and 5855
    And the call is gone
