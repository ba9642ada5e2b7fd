Feature: The documented examples of "Create call"
  The page prints six examples. Each request is sent as printed, with the people and the meetings of the cast. The
  response and the notifications are compared with the printed ones. Where the page prints no response, it is derived from the
  examples that have one (E-13), and the scenario says so.

  @CC-30 @rings @needs:person-answers
  Scenario: A call to a person, with media hosted by the service
    Given John answers when called
    When the bot sends the request of example 1
    Then Graph answers as printed in example 1, relying on E-08
    And the bot is notified as documented in example 1, relying on E-01:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |
    And nothing else is notified

  @CC-31 @rings @needs:person-answers @needs:media-live
  Scenario: A call to a person, with media hosted by the application
    Given John answers when called
    When the bot sends the request of example 2
    Then Graph answers as derived for example 2, relying on E-13
    And the bot is notified as documented in example 2, relying on E-01 and E-13:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |
    And nothing else is notified

  @CC-31 @rings
  Scenario: A call to a person is accepted with the application's media, whether or not a media stack runs
    When the bot sends the request of example 2
    Then Graph answers as derived for example 2, relying on E-13
    And the bot is first notified as documented in example 2, relying on E-01 and E-13:
      | of   | change  | state        |
      | call | updated | establishing |

  @CC-32 @joins @needs:second-participant
  Scenario: Joining a scheduled meeting, with media hosted by the service
    Given John is in the scheduled meeting
    When the bot sends the request of example 3
    Then Graph answers as printed in example 3, relying on no erratum
    And the bot is notified as documented in example 3, relying on no erratum:
      | of     | change  | state        | who           |
      | call   | updated | establishing |               |
      | call   | updated | established  |               |
      | roster | updated |              | John, the bot |
    And nothing else is notified

  @CC-33 @joins @needs:second-participant @needs:media-live
  Scenario: Joining a scheduled meeting, with media hosted by the application
    Given John is in the scheduled meeting
    When the bot sends the request of example 4
    Then Graph answers as derived for example 4, relying on E-13
    And the bot is notified as documented in example 4, relying on E-13:
      | of     | change  | state        | who           |
      | call   | updated | establishing |               |
      | call   | updated | established  |               |
      | roster | updated |              | John, the bot |
    And nothing else is notified

  @CC-33 @joins
  Scenario: Joining a scheduled meeting is accepted with the application's media, whether or not a media stack runs
    When the bot sends the request of example 4
    Then Graph answers as derived for example 4, relying on E-13
    And the bot is first notified as documented in example 4, relying on E-13:
      | of   | change  | state        |
      | call | updated | establishing |

  @CC-34 @joins @needs:second-participant
  Scenario: Joining a channel meeting
    Given John is in the channel meeting
    When the bot sends the request of example 5
    Then Graph answers as derived for example 5, relying on E-13
    And the bot is notified as documented in example 5, relying on E-13:
      | of     | change  | state        | who           |
      | call   | updated | establishing |               |
      | call   | updated | established  |               |
      | roster | updated |              | John, the bot |
    And nothing else is notified

  @CC-35 @joins @needs:second-participant @needs:lobby-held
  Scenario: Joining a channel meeting as a guest who waits in the lobby
    Given John is in the channel meeting
    And John admits guests from the lobby of the channel meeting
    When the bot sends the request of example 6
    Then Graph answers as derived for example 6, relying on E-13
    And the bot is notified as documented in example 6, relying on E-02, E-03 and E-13:
      | of     | change  | state        | who           | in the lobby |
      | call   | updated | establishing |               |              |
      | roster | updated |              | the bot       | yes          |
      | call   | updated | established  |               |              |
      | roster | updated |              | John, the bot | no           |
    And nothing else is notified
