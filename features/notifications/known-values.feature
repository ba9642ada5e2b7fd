Feature: Whether messages contradict each other
  Graph may say more than the page prints. What it says again, such as the tenant or the source of the call, is as it was when the call
  was created: otherwise a bot that reads it takes the call for another one.

  @CC-53 @rings @needs:person-answers
  Scenario: Nothing contradicts what is known of a call to a person, until the bot hangs up
    Given the bot is in a call with John
    When the bot hangs up
    Then the notification that the call is terminated has:
      | property   | value     |
      | changeType | "deleted" |
    And all messages of the call contradict nothing that is known of it

  @CC-53 @rings @needs:person-answers
  Scenario: Nothing contradicts what is known of a call to a person, until the person hangs up
    Given the bot is in a call with John
    When John hangs up
    Then the notification that the call is terminated has:
      | property   | value     |
      | changeType | "deleted" |
    And all messages of the call contradict nothing that is known of it

  @CC-53 @rings @needs:person-declines
  Scenario: Nothing contradicts what is known of a call that the person declines
    Given John declines when called
    When the bot sends the request of example 1
    Then the notification that the call is terminated has:
      | property   | value     |
      | changeType | "deleted" |
    And all messages of the call contradict nothing that is known of it

  @CC-53 @rings @needs:person-declines @makes-calls:2
  Scenario: Of two calls nothing contradicts what is known of either
    Given John declines when called
    When the bot sends the request of example 1 twice
    Then the bot is notified of each call:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | deleted | terminated   |
    And all messages of the call contradict nothing that is known of it

  @CC-53 @rings
  Scenario: Nothing contradicts what is known of a call with media of the application
    Given John does not answer when called
    When the bot sends the request of example 2
    Then the notification that the call is establishing has:
      | property   | value     |
      | changeType | "updated" |
    And all messages of the call contradict nothing that is known of it

  @CC-53 @rings
  Scenario Outline: Nothing contradicts what was sent for a call: <what>
    Given John does not answer when called
    When the bot sends the request of example 1 <what>
    Then the notification that the call is establishing has:
      | property   | value     |
      | changeType | "updated" |
    And all messages of the call contradict nothing that is known of it

    Examples:
      | what                        |
      | with a subject              |
      | with routing policies       |
      | with a ringing time of 10 s |

  @CC-53 @rings @needs:person-answers @needs:app-sets
  Scenario: Nothing contradicts what is known of a call to several people
    Given the bot is granted every permission
    And John answers when called
    And Dora does not answer when called
    When the bot calls John and Dora at once
    Then the roster shows John with:
      | property  | value |
      | isInLobby | no    |
    And all messages of the call contradict nothing that is known of it

  @CC-53 @joins @needs:second-participant
  Scenario: Nothing contradicts what is known of a call in a meeting, until the bot leaves
    Given John is in the scheduled meeting
    And the bot is in the scheduled meeting
    When the bot hangs up
    Then the notification that the call is terminated has:
      | property   | value     |
      | changeType | "deleted" |
    And all messages of the call contradict nothing that is known of it

  @CC-53 @joins @needs:second-participant
  Scenario: Nothing contradicts what is known of a call in a meeting, until a person removes the bot
    Given John is in the channel meeting
    And the bot is in the channel meeting
    When John removes the bot from the channel meeting
    Then the notification that the call is terminated has:
      | property   | value     |
      | changeType | "deleted" |
    And all messages of the call contradict nothing that is known of it

  @CC-53 @joins @needs:lobby-held @needs:second-participant
  Scenario: Nothing contradicts what is known of a guest's call, in the lobby and after it
    Given John is in the channel meeting
    And John admits guests from the lobby of the channel meeting
    When the bot joins the channel meeting as a guest
    Then the roster shows John with:
      | property  | value |
      | isInLobby | no    |
    And all messages of the call contradict nothing that is known of it

  @CC-53 @joins @needs:second-participant @needs:app-sets @makes-calls:2
  Scenario: Of two bots in a meeting nothing contradicts what is known of the call of either
    Given John is in the scheduled meeting
    And another bot is in the scheduled meeting
    And the bot is in the scheduled meeting
    When the bot mutes itself
    Then the roster shows the bot with:
      | property | value |
      | isMuted  | yes   |
    And all messages of the call contradict nothing that is known of it
